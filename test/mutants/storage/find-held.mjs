import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/find-held.ts',
  ['services/storage/test/commands/purge-version', 'services/storage/test/commands/trash-and-restore'],
  [
    {
      id: 'purged-id-uploaded-again',
      law: 1,
      from: '  if (last) throw versionGone(versionId)\n}',
      to: '}',
      meaning: 'an upload opens under the id of a purged version',
    },
    {
      id: 'trashed-id-uploaded-again',
      law: 1,
      from: '  if (trashedOf(trash, versionId).length > 0)\n    throw new DomainError(',
      to: '  if (trashedOf(trash, versionId).length > 99)\n    throw new DomainError(',
      meaning: 'an upload opens under the id of a version in the trash',
    },
  ],
)
