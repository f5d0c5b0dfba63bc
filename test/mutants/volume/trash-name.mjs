import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/volume/src/trash-name.ts',
  ['libs/volume/src/formats.test'],
  [
    {
      id: 'trash-names-of-anything',
      law: 8,
      from: 'isVersionId(version) && timePattern.test(time) && rest.length === 0',
      to: 'isVersionId(version) && rest.length === 0',
      meaning: 'a directory that is no version’s is taken for one in the trash',
    },
    {
      id: 'trash-names-with-a-rest',
      law: 8,
      from: 'timePattern.test(time) && rest.length === 0 ? version',
      to: 'timePattern.test(time) ? version',
      meaning: 'a copy of a directory in the trash is taken for it',
    },
  ],
)
