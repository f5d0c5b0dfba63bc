import type { Writable } from 'node:stream'
import { startChild } from './child-process.js'

/**
 * Runs a program with the bytes on its standard input. Its input is closed only when all bytes have
 * come and are right; else it is killed, since a consumer such as `wimlib-imagex apply` takes a short
 * stream for a whole one.
 * @throws ProcessFailedError, or what the bytes threw
 */
export async function feedConsumer(
  command: readonly [string, ...string[]],
  bytes: AsyncIterable<Uint8Array>,
  onStderr?: (text: Uint8Array) => void,
): Promise<void> {
  const child = startChild({ role: 'consumer', command, onStderr })
  // A consumer that ends early breaks the pipe; its exit says more than EPIPE does.
  child.stdin.on('error', () => {})
  const ended = child.ended.then(() => 'ended' as const)
  ended.catch(() => {})
  let taking = true
  try {
    for await (const data of bytes) {
      // One that ended well before the end, as apply does before the tail: the rest is still checked.
      if (!taking || child.stdin.write(data)) continue
      taking = (await Promise.race([drained(child.stdin), ended])) === 'drained'
    }
    child.stdin.end()
    await child.ended
  } finally {
    await child.stop()
  }
}

function drained(stream: Writable): Promise<'drained'> {
  return new Promise((resolve) => stream.once('drain', () => resolve('drained')))
}
