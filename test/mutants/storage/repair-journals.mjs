import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/repair-journals.ts',
  ['services/storage/test/damage-decides-nothing'],
  [
    {
      id: 'repair-drops-what-came-after-the-damage',
      law: 3,
      from: 'const known = [...records, ...later] as CommandRecord[]',
      to: 'const known = [...records] as CommandRecord[]',
      meaning: 'after a repair an upload that had ended is begun again',
    },
    {
      id: 'repaired-upload-trusts-its-files',
      law: 2,
      from: 'return [...records, ...broken]',
      to: 'return broken.length < 0 ? broken : records',
      meaning: 'a file is sealed of which a later attempt may have taken the place',
    },
  ],
)
