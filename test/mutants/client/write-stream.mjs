import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/write-stream.ts',
  ['libs/client/test/lost-attempts', 'libs/client/test/write-file'],
  [
    {
      id: 'sent-before-ready',
      law: 2,
      from: 'let offset = await untilAborted(this.ready, this.signal)',
      to: "let offset = mode.kind === 'resume' ? mode.offset : 0",
      meaning: 'a client sends bytes before it knows where storage stands',
    },
    {
      id: 'silent-source-loses-its-stream',
      law: 3,
      from: 'yield chunk(offset, new Uint8Array(0), 0)',
      to: 'continue',
      meaning: 'a slow capture is cut as silent',
    },
    {
      id: 'failed-producer-finishes',
      law: 2,
      from: 'this.failureTold = true',
      to: '',
      equivalent: 'the client asks how the file stands before it tries again, and is told that it failed',
      meaning: 'a producer’s failure is tried again instead of being told',
    },
    {
      id: 'ended-stream-taken-for-done',
      law: 3,
      from: 'if (messages.failureTold) return undefined',
      to: 'return undefined',
      meaning: 'a stream that ended early is taken for the end of the file',
    },
  ],
)
