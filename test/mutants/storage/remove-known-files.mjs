import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/remove-known-files.ts',
  [
    'services/storage/test/commands/purge-version',
    'services/storage/test/commands/what-a-start-does',
    'services/storage/test/crash/crash-of-an-operation',
  ],
  [
    {
      id: 'manifest-removed-first',
      law: 7,
      from: 'for (const path of [...known, ...more, ...ownFiles])',
      to: 'for (const path of [...ownFiles, ...known, ...more])',
      meaning: 'a purge that is cut off has lost the list of what it was to remove',
    },
    {
      id: 'purge-does-not-stop',
      law: 7,
      from: 'signal?.throwIfAborted()',
      to: '',
      meaning: 'a storage that stops waits until a huge version is purged',
    },
    {
      id: 'unlink-fault-passed-over',
      law: 7,
      from: "if (!isErrno(error, 'ENOENT', 'EISDIR', 'EBUSY', ...otherThanExpected)) throw error",
      to: '',
      suites: [
        'services/storage/test/commands/faults-of-commands',
        'services/storage/test/commands/purge-version',
        'services/storage/test/faults/fault-matrix',
      ],
      meaning: 'a file that could not be removed is not told',
    },
    {
      id: 'removed-directory-not-synced',
      law: 3,
      from: 'await root.sys.rmdir(parent.at(name))\n      await parent.sync()',
      to: 'await root.sys.rmdir(parent.at(name))',
      equivalent:
        'what may be back is what an ended upload, a clone that failed or a purge has left: their journals name it, ' +
        'and the next start removes it; a purge also syncs the trash after this, when it removes the sidecar',
      meaning: 'what was removed may be back after a loss of power',
    },
    {
      id: 'directory-with-strays-taken-for-gone',
      law: 8,
      from: "if (isErrno(error, 'ENOTEMPTY', 'EEXIST', ...otherThanExpected)) return false",
      to: "if (isErrno(error, 'ENOTEMPTY', 'EEXIST', ...otherThanExpected)) return true",
      suites: [
        'services/storage/test/commands/purge-version',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/commands/clone-version',
        'services/storage/test/end-upload',
      ],
      meaning: 'a directory that holds what nobody knows is taken for removed',
    },
  ],
)
