import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/purge-version.ts',
  [
    'services/storage/test/commands/purge-version',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'purge-of-a-live-version',
      law: 7,
      from: 'if (index.has(versionId) || copies.some((copy) => copy.versionId === versionId))',
      to: 'if (copies.length < 0 && index.has(versionId))',
      meaning: 'a purge of what is not in the trash is answered as done',
    },
    {
      id: 'purge-forgets-copies',
      law: 7,
      from: 'if (index.has(versionId) || copies.some((copy) => copy.versionId === versionId))',
      to: 'if (copies.length < 0 || index.has(versionId))',
      meaning: 'a purge of a live version whose manifest cannot be read is answered as done',
    },
    {
      id: 'repeated-purge-not-synced',
      law: 7,
      from: 'else await syncRelocated(volume, versionId, layout.trash)',
      to: '',
      meaning: 'a purge that goes on unlinks before its rename is durable',
    },
    {
      id: 'purge-without-its-rename',
      law: 7,
      from: 'const directory = layout.purging(name)\n  if (await lookAt(root, layout.trashed(name)))',
      to: "const directory = layout.trashed(name)\n  if (layout.purging(name) === '')",
      meaning: 'files are unlinked in the trash itself, where a version looks whole',
    },
    {
      id: 'purge-stops-without-a-word',
      law: 8,
      from: 'if (!isGone) return describeRemains(volume, versionId, directory)',
      to: '',
      meaning: 'a purge that keeps what is not the version’s does not tell',
    },
    {
      id: 'purge-takes-everything-along',
      law: 8,
      from: 'litter.has(name) || isLeftOpen(name)',
      to: "name !== ''",
      meaning: 'a purge removes files that nobody knows',
    },
    {
      id: 'purge-of-an-unreadable-version',
      law: 7,
      from: 'if (areNamed || isPurging) return []',
      to: 'if (areNamed || isPurging || error) return []',
      meaning: 'a version whose manifest cannot be read is purged without knowing its files',
    },
    {
      id: 'purge-resumed-without-a-command',
      law: 8,
      from: "if (last?.verb !== 'purge' || last.plan.name !== name)",
      to: "if (last?.verb !== 'purge')",
      suites: [
        'services/storage/test/commands/purge-version',
        'services/storage/test/commands/what-a-start-does',
      ],
      meaning: 'a start purges another directory than the one that was ordered',
    },
    {
      id: 'purge-resumed-of-anything',
      law: 8,
      from: 'if (!isPurging) continue',
      to: '',
      meaning: 'a start purges what is in the trash and was never begun to be purged',
    },
    {
      id: 'open-files-taken-for-strays',
      law: 7,
      from: 'if (open.length > 0)',
      to: 'if (open.length < 0)',
      meaning: 'a purge that waits for files that are open over NFS is answered as done',
    },
    {
      id: 'purge-forgets-the-trash',
      law: 7,
      from: 'trash.set(name, { ...lying, isPurging: true })',
      to: 'trash.set(name, lying)',
      suites: [
        'services/storage/test/commands/purge-version',
        'services/storage/test/commands/commands-at-once',
        'services/storage/test/commands/reads-meanwhile',
        'services/storage/test/commands/what-a-start-does',
      ],
      meaning: 'a version is read while its files are being removed',
    },
  ],
)
