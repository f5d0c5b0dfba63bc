import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/trash-index.ts',
  ['services/storage/test/commands/odd-directories'],
  [
    {
      id: 'purge-under-way-hides-the-trashed',
      law: 7,
      from: 'if (!trash.has(name) || !isPurging)',
      to: 'if (isPurging || !trash.has(name))',
      meaning: 'a version in the trash cannot be restored because of a copy that is being purged',
    },
    {
      id: 'oldest-of-the-trash-first',
      law: 7,
      from: '(a.name < b.name ? 1 : -1)',
      to: '(a.name < b.name ? -1 : 1)',
      meaning: 'of a version that was trashed twice the first directory counts',
    },
  ],
)
