import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'services/storage/src/operations/write-file.ts',
  ['services/storage/test/write-stream'],
  [
    {
      id: 'done-before-the-writer-has-left',
      law: 3,
      from: 'done = await receiveBytes(writer, pace, inbox, next, outbox, self)',
      to: 'done = await receiveBytes(writer, pace, inbox, next, outbox, self)\n      if (done) outbox.keep(done)\n      done = undefined',
      suites: [
        'services/storage/test/end-of-a-write',
        'services/storage/test/refusals.test',
        'services/storage/test/write-stream',
      ],
      meaning: 'a client that is told Done and seals at once is told that somebody writes',
    },
    {
      id: 'data-before-ready-is-taken',
      law: 2,
      from: '  const { versionId, path } = start\n  await refuseEarlyData(inbox, path)',
      to: '  const { versionId, path } = start',
      suites: ['services/storage/test/refusals.test'],
      meaning: 'data that was sent before Ready restarts a file before it is refused',
    },
    {
      id: 'data-after-finish-is-taken',
      law: 2,
      from: "await refuseMoreAfter('Finish', inbox)",
      to: '',
      suites: ['services/storage/test/refusals.test'],
      meaning: 'data behind Finish is lost without a word',
    },
    {
      id: 'bytes-lost-with-the-connection',
      law: 3,
      from: 'await clock.flush().catch(() => {})\n    throw error',
      to: 'throw error',
      suites: ['services/storage/test/refusals.test', 'services/storage/test/write-stream'],
      meaning: 'what came before a stream ended is not made durable',
    },
    {
      id: 'half-close-without-commit',
      law: 3,
      from: 'await clock.flush()\n    return undefined\n  } catch',
      to: 'return undefined\n  } catch',
      meaning: 'a stream that half-closes is not made durable',
    },
    {
      id: 'failed-producer-is-not-recorded',
      law: 2,
      from: 'await writer.fail(input.failure)',
      to: 'void writer',
      meaning: 'the file of a producer that failed can be gone on with',
    },
    {
      id: 'cut-writer-loses-its-file',
      law: 4,
      from: "leave(cut.aborted ? 'cut' : 'done')",
      to: "leave('done')",
      meaning: 'a file whose connection was cut is not held for its writer',
    },
    {
      id: 'writer-not-closed',
      law: 3,
      from: 'await writer.close()\n    }\n  } finally',
      to: '}\n  } finally',
      suites: ['services/storage/test/write-stream', 'services/storage/test/silent-streams'],
      meaning: 'the file of a writer that has left stays open',
    },
  ],
)
