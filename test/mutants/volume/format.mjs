import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/volume/src/format.ts',
  ['libs/volume/src/formats.test'],
  [
    {
      id: 'newer-formats-read',
      law: 8,
      from: 'if (head.data.format > formatMajor)',
      to: 'if (head.data.format < 0)',
      meaning: 'a document of a newer format is read as one of this',
    },
    {
      id: 'damaged-documents-read',
      law: 8,
      from: 'if (damage)',
      to: 'if (damage && head.data.format < 0)',
      suites: ['libs/volume/src/checksum.test', 'services/storage/test/damaged-documents'],
      meaning: 'a changed digit in an id makes another volume, or another image',
    },
  ],
)
