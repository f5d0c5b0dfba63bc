import type { ChildRole, Listener } from '@goldkeep/client'
import type { Session } from '../session.js'

const heldBy = {
  producer: 'still writes its output',
  consumer: 'still reads its input',
} as const satisfies Record<ChildRole, string>

/** Shows what a producer or consumer says, and for what the command waits when it has ended. */
export function listenTo(session: Session, role: ChildRole): Listener {
  const [program = ''] = session.childCommand ?? []
  return {
    onStderr: (text) => session.environment.stderr.write(text),
    onHeld: () =>
      session.say(
        `the ${role} ${program} has ended, but a process that it started ${heldBy[role]}; waiting for it`,
      ),
  }
}
