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
  ],
)
