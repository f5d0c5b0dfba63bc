import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/end-upload.ts',
  ['services/storage/test/end-upload', 'services/storage/test/end-of-a-write'],
  [
    {
      id: 'late-abort-ends-a-stream',
      law: 4,
      from: 'if (isAbort) store.requireEndable(versionId, order)',
      to: '',
      meaning: 'a command that comes too late ends the streams of an upload',
    },
    {
      id: 'active-upload-expires',
      law: 4,
      from: 'if (!isAbort) refuseActive(store, versionId, idleMs)',
      to: '',
      meaning: 'an upload expires although its last byte is young',
    },
    {
      id: 'expiry-ends-a-stream',
      law: 4,
      from: 'isAbort ? aborted(versionId) : undefined',
      to: 'aborted(versionId)',
      meaning: 'an upload that is being written expires',
    },
  ],
)
