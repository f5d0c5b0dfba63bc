import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/operations/find-last-good.ts',
  ['services/catalog/test/what-follows-from-looks'],
  [
    {
      id: 'bad-version-told-as-good',
      law: 5,
      from: "        and mark is distinct from 'BAD'",
      to: '        and true',
      meaning: 'people are sent to a version that is marked bad',
    },
    {
      id: 'missing-version-told-as-good',
      law: 5,
      from: "          and presence = 'PRESENT' and unreadable_since is null",
      to: '',
      meaning: 'people are sent to a version that is not there',
    },
  ],
)
