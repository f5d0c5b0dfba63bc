import { mutantsOf } from '../mutants-of.mjs'

export default mutantsOf(
  'libs/client/src/child-process.ts',
  ['test/faults/child-process.test', 'test/faults/feed-consumer.test'],
  [
    {
      id: 'output-runs-away',
      law: 2,
      from: "    child.stdout?.on('readable', () => {})\n",
      to: '',
      meaning: 'what a quick producer wrote is lost',
    },
    {
      id: 'input-closed-at-exit',
      law: 2,
      from: '    child.stdin = null\n',
      to: '',
      meaning: 'a process that a consumer left reading gets a part of the file',
    },
    {
      id: 'grandchild-output-cut',
      law: 2,
      from: '    await closed(this.stdout)\n    clearTimeout(timer)',
      to: '    clearTimeout(timer)',
      meaning: 'what a process writes after its parent ended is lost',
    },
    {
      id: 'stopped-output-taken-for-whole',
      law: 2,
      from: 'return isWell && this.isStopped ?',
      to: 'return (false as boolean) ?',
      meaning: 'a stopped producer has ended well',
    },
    {
      id: 'held-stderr-waited-for',
      law: 2,
      from: 'await within(momentMs, closed(this.stderr))',
      to: 'await closed(this.stderr)',
      meaning: 'a daemon that a producer started holds up the upload for ever',
    },
    {
      id: 'failed-producer-leaves-its-children',
      law: 2,
      from: 'if (this.child.pid !== undefined) await endGroup(this.child.pid, this.graceMs)',
      to: '',
      meaning: 'processes of a failed producer run on',
    },
    {
      id: 'thrown-spawn-not-caught',
      law: 2,
      from: '    return childThatNeverWas(error as Error)',
      to: '    throw error',
      meaning: 'a program that cannot be started ends the command without its exit code',
    },
    {
      id: 'producer-not-drained-when-stopped',
      law: 2,
      from: "    this.stdout.on('readable', drain)\n    drain()\n",
      to: '',
      meaning: 'a producer that waits for a reader cannot tidy up',
    },
  ],
)
