import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/feed-consumer.ts',
  ['test/faults/feed-consumer.test'],
  [
    {
      id: 'rest-not-checked',
      law: 9,
      from: "taken = 'some'\n",
      to: 'return taken\n',
      meaning: 'the rest of a file is not compared with its digest when the consumer ended early',
    },
    {
      id: 'consumer-end-not-noticed',
      law: 9,
      from: 'const next = await unlessFailed(parts.next())',
      to: 'const next = await parts.next()',
      meaning: 'a consumer that died is noticed only when bytes come',
    },
    {
      id: 'consumer-exit-code-ignored',
      law: 9,
      from: '    await unlessFailed(close(child.stdin))\n    await ended\n',
      to: '    child.stdin.end()\n    await child.end\n',
      meaning: 'a consumer that failed at the end is taken for a good one',
    },
    {
      id: 'consumer-sees-an-end-of-wrong-bytes',
      law: 9,
      from: '    await child.stop()\n    void',
      to: '    child.stdin.end()\n    await child.end\n    void',
      meaning: 'a consumer takes a short file for a whole one',
    },
    {
      id: 'interrupt-does-not-reach-the-consumer',
      law: 9,
      from: "  signal?.addEventListener('abort', stop, { once: true })\n",
      to: '',
      meaning: 'Ctrl-C waits for the consumer',
    },
  ],
)
