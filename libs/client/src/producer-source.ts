import type { ByteSource } from './byte-source.js'
import { startChild, type ChildOptions } from './child-process.js'
import { requireSuccess } from './process-failed.js'

/** How a person hears of a producer or consumer. */
export type Listener = Pick<ChildOptions, 'onStderr' | 'onHeld' | 'graceMs' | 'momentMs'>

/**
 * A program whose standard output is the file. Its bytes end well only if it ended with exit code 0:
 * a pipe alone cannot tell.
 */
export function producerSource(command: readonly [string, ...string[]], listener: Listener = {}): ByteSource {
  const child = startChild({ command, stdin: 'ignore', stdout: 'pipe', ...listener })
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* child.stdout as AsyncIterable<Uint8Array>
    } catch (error) {
      await requireSuccess(child, 'producer', command[0])
      throw error
    }
    await requireSuccess(child, 'producer', command[0])
  }
  return { bytes: bytes(), stop: () => child.stop() }
}
