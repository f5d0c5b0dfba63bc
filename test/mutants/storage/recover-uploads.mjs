import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/recover-uploads.ts',
  [
    'services/storage/test/recovery.test',
    'services/storage/test/what-is-staged',
    'services/storage/test/seals-on-disk',
    'services/storage/test/crash/crash-of-a-start',
    'services/storage/test/support/power-loss',
  ],
  [
    {
      id: 'start-keeps-uncommitted-bytes',
      law: 3,
      from: 'await sys.ftruncate(found.fd, file.committedSize)\n',
      to: '\n',
      meaning: 'a start does not cut a file back to what its journal says',
    },
    {
      id: 'start-does-not-sync-its-cut',
      law: 3,
      from: 'await sys.fsync(found.fd)',
      to: '',
      equivalent:
        'every resume cuts again, and a seal compares the size: the cut need not be durable by itself',
      meaning: 'the cut of a start is not durable',
    },
    {
      id: 'start-trusts-short-files',
      law: 3,
      from: 'if (size < file.committedSize || (',
      to: 'if ((',
      meaning: 'a file that lost committed bytes is gone on with',
    },
    {
      id: 'start-trusts-complete-files-that-grew',
      law: 2,
      from: "(file.state === 'COMPLETE' && size !== file.committedSize)",
      to: "(file.state === 'COMPLETE' && size < file.committedSize)",
      meaning: 'a complete file that has grown is cut and taken for whole',
    },
    {
      id: 'roll-forward-without-verifying',
      law: 2,
      from: 'await verifyTree(root, staged.tree, manifest)\n',
      to: '\n',
      meaning: 'a start seals what it has not verified',
    },
    {
      id: 'found-seal-not-verified',
      law: 2,
      from: 'index.delete(manifest.version)\n      if (isReadFailure(error))',
      to: 'if (!index.has(manifest.version))',
      meaning: 'a version that was renamed and never answered is told although it is not whole',
    },
    {
      id: 'start-removes-uploads-without-an-end',
      law: 8,
      from: 'if (!state?.ended && !isEnded) throw new Error',
      to: 'if (false) throw new Error',
      suites: [
        'services/storage/test/end-upload',
        'services/storage/test/commands/what-a-start-does',
        'services/storage/test/what-recovery-cannot-read',
      ],
      meaning: 'a directory that is only called like an ended upload is removed',
    },
    {
      id: 'one-bad-upload-keeps-all-away',
      law: 3,
      from: 'if (isVersionId(name)) unrecovered.set(name, error)',
      to: 'throw error',
      suites: ['services/storage/test/recovery.test', 'services/storage/test/what-recovery-cannot-read'],
      meaning: 'an upload that cannot be read keeps the service from starting',
    },
    {
      id: 'unrecovered-upload-taken-for-none',
      law: 2,
      from: 'if (isVersionId(name)) unrecovered.set(name, error)',
      to: '',
      suites: ['services/storage/test/what-recovery-cannot-read'],
      meaning: 'what is decided about an upload that cannot be read is decided without it',
    },
    {
      id: 'ended-upload-forgotten-by-the-commands',
      law: 4,
      from: 'if (!commands.find(version)) await commands.recordEnd(version, ended, ended.outcome)',
      to: '',
      suites: [
        'services/storage/test/end-upload',
        'services/storage/test/crash/crash-of-an-operation',
        'services/storage/test/crash/crash-of-a-start',
      ],
      meaning: 'an end that a start completes is not remembered, and the upload may be opened again',
    },
  ],
)
