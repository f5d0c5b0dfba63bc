import type { ByteSource } from './byte-source.js'
import { startChild } from './child-process.js'

/**
 * A program whose standard output is the file. Its bytes end well only if it ended with exit code 0:
 * a pipe alone cannot tell.
 */
export function producerSource(
  command: readonly [string, ...string[]],
  onStderr?: (text: Uint8Array) => void,
): ByteSource {
  const child = startChild({ role: 'producer', command, onStderr })
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* child.stdout as AsyncIterable<Uint8Array>
    await child.ended
  }
  return { bytes: bytes(), stop: () => child.stop() }
}
