import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/store/disk/complete-seal.ts',
  [
    'services/storage/test/recovery.test',
    'services/storage/test/seals-on-disk',
    'services/storage/test/faults/fault-matrix',
  ],
  [
    {
      id: 'seal-asked-again-after-a-failed-sync',
      law: 3,
      from: 'if (!mayBeRepeated(error)) staged.condemn(error)',
      to: '',
      meaning: 'a seal whose sync failed is answered when it is asked again',
    },
    {
      id: 'every-fault-of-a-seal-may-be-repeated',
      law: 3,
      from: "if (!(error instanceof DomainError && error.reason === 'NO_SPACE')) return false",
      to: 'if (!(error instanceof DomainError)) return false',
      meaning: 'a sync that failed with EIO is tried again and trusted',
    },
    {
      id: 'sync-without-space-may-be-repeated',
      law: 3,
      from: "return !(isErrno(error.cause) && error.cause.syscall === 'fsync')",
      to: 'return true',
      suites: ['services/storage/test/faults-of-the-volume'],
      meaning: 'a sync that failed with ENOSPC is tried again and trusted',
    },
    {
      id: 'seal-of-an-unrecovered-upload',
      law: 2,
      from: 'requireRecovered(volume, versionId)',
      to: '',
      suites: ['services/storage/test/what-recovery-cannot-read'],
      equivalent:
        'the preparation of a seal and the end of an upload, which are all that ask, look at the same',
      meaning: 'a seal is decided although its upload could not be read',
    },
    {
      id: 'seal-answered-from-an-unsound-upload',
      law: 3,
      from: 'staged?.requireSound()',
      to: '',
      meaning: 'a seal whose sync failed is answered by the index',
    },
    {
      id: 'sealed-version-not-remembered',
      law: 3,
      from: 'index.set(versionId, version)',
      to: '',
      suites: ['services/storage/test/upload-to-version'],
      meaning: 'a version that was sealed cannot be read before the next start',
    },
  ],
)
