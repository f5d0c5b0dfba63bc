import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/relocate.ts',
  [
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
    'services/storage/test/support/power-loss',
  ],
  [
    {
      id: 'rename-over-anything',
      law: 1,
      from: 'const { root, relocating } = volume\n  await requireFree(root, to)',
      to: 'const { root, relocating } = volume',
      suites: ['services/storage/test/commands/clone-version'],
      meaning: 'a version is renamed onto an empty directory that appeared meanwhile',
    },
    {
      id: 'anything-at-the-target-is-done',
      law: 3,
      from: "throw isDomainError(error, 'VERSION_DAMAGED') ? placeTaken(to) : error",
      to: 'return true',
      suites: ['services/storage/test/commands/repeated-renames'],
      meaning: 'a move is answered as done although the version is where it was',
    },
    {
      id: 'new-place-not-synced',
      law: 3,
      from: 'await target.sync()',
      to: '',
      meaning: 'a command is answered although the version’s new place is not durable',
    },
    {
      id: 'old-place-not-synced',
      law: 3,
      from: 'await source.sync()',
      to: '',
      meaning: 'a command is answered although the version may be in its old place too',
    },
    {
      id: 'failed-sync-of-a-rename-forgotten',
      law: 3,
      from: 'unsynced.set(versionId, error)',
      to: '',
      suites: ['services/storage/test/commands/trash-and-restore'],
      meaning: 'a rename whose sync failed is trusted by the next command',
    },
    {
      id: 'readers-do-not-wait-for-a-rename',
      law: 9,
      from: 'relocating.set(versionId, settled)',
      to: '',
      suites: ['services/storage/test/commands/trash-and-restore'],
      meaning: 'a read that falls into a rename is told that the version is damaged',
    },
    {
      id: 'place-taken-is-not-told',
      law: 1,
      from: 'if ((await lookAt(root, path)) === undefined) return',
      to: 'return',
      suites: [
        'services/storage/test/commands/trash-and-restore',
        'services/storage/test/commands/move-version',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/crash/crash-of-an-operation',
      ],
      meaning: 'a command renames over what is in the place',
    },
  ],
)
