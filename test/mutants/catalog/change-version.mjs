import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/catalog/src/db/change-version.ts',
  ['services/catalog/test/versions', 'services/catalog/test/uploads'],
  [
    {
      id: 'lost-update-of-a-version',
      law: 4,
      from: ".where('revision', '=', revision)",
      to: '',
      equivalent:
        'whoever changes a version holds its row’s lock since it was read: this is the second guard',
      meaning: 'a change that was made meanwhile is overwritten',
    },
    {
      id: 'state-changed-from-anywhere',
      law: 4,
      from: ".where('lifecycle', '=', lifecycle)",
      to: '',
      equivalent:
        'whoever changes a version holds its row’s lock since it was read: this is the second guard',
      meaning: 'a version changes its state from another one than it was seen in',
    },
  ],
)
