import type { ChildRole, Listener } from '@goldkeep/client'
import type { Session } from '../session.js'

const heldBy = {
  producer: 'still writes its output',
  consumer: 'still reads its input',
} as const satisfies Record<ChildRole, string>

const lineFeed = 10

/** Shows what a producer or consumer says, and for what the command waits when it has ended. */
export function listenTo(
  session: Session,
  role: ChildRole,
): Listener & {
  /** Called when it has ended: what it said last may lack its line break. */
  readonly endLine: () => void
} {
  const [program = ''] = session.childCommand ?? []
  let lastByte: number | undefined = lineFeed
  const { stderr } = session.environment
  return {
    endLine: () => {
      if (lastByte !== lineFeed) stderr.write('\n')
      lastByte = lineFeed
    },
    onStderr: (text) => {
      lastByte = text.at(-1) ?? lastByte
      stderr.write(text)
    },
    onHeld: () =>
      session.say(
        `the ${role} ${program} has ended, but a process that it started ${heldBy[role]}; waiting for it`,
      ),
  }
}
