import type { Writable } from 'node:stream'
import { defaultMomentMs, startChild } from './child-process.js'
import { requireSuccess } from './process-failed.js'
import type { Listener } from './producer-source.js'

/** `some`: the consumer ended well, or closed its input, before it had taken everything. */
export type Taken = 'all' | 'some'

/**
 * Runs a program with the bytes on its standard input. Its input is closed only when all bytes have
 * come and are right; else it is killed, since a consumer such as `wimlib-imagex apply` takes a short
 * stream for a whole one. A consumer may end with exit code 0 before it has read everything, as apply does
 * before the tail of a file; the rest is then read and checked all the same.
 * @throws ProcessFailedError, as soon as the consumer fails; or what the bytes threw; or the signal's reason
 */
export async function feedConsumer(
  command: readonly [string, ...string[]],
  bytes: AsyncIterable<Uint8Array>,
  { signal, ...listener }: Listener & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Taken> {
  signal?.throwIfAborted()
  const child = startChild({ command, stdin: 'pipe', stdout: 'inherit', ...listener })
  const ended = requireSuccess(child, 'consumer', command[0])
  const unlessFailed = interruptible(ended)
  const stop = (): void => void child.stop()
  signal?.addEventListener('abort', stop, { once: true })
  const parts = bytes[Symbol.asyncIterator]()
  let taken: Taken = 'all'
  let timer: NodeJS.Timeout | undefined
  const sayHeld = (): void => void (taken === 'all' && listener.onHeld?.())
  ended.then(
    () => (timer = setTimeout(sayHeld, listener.momentMs ?? defaultMomentMs)),
    () => {},
  )
  try {
    for (;;) {
      const next = await unlessFailed(parts.next())
      if (next.done) break
      if (taken === 'all' && !(await unlessFailed(write(child.stdin, next.value)))) taken = 'some'
    }
    await unlessFailed(close(child.stdin))
    await ended
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    await child.stop()
    void parts.return?.().catch(() => {})
  }
  signal?.throwIfAborted()
  return taken
}

/** Waits for one step at a time, and no longer once `work` has failed. */
function interruptible(work: Promise<unknown>): <T>(step: Promise<T>) => Promise<T> {
  let failure: { readonly error: unknown } | undefined
  let interrupt: (error: unknown) => void = () => {}
  work.catch((error: unknown) => {
    failure = { error }
    interrupt(error)
  })
  // Not Promise.race, which would keep every piece in memory until the program has ended.
  return (step) =>
    new Promise((resolve, reject) => {
      interrupt = reject
      if (failure) reject(failure.error)
      step.then(resolve, reject)
    })
}

/** Resolves when there is room for more; with false when nobody reads any more. */
function write(stdin: Writable, data: Uint8Array): Promise<boolean> {
  if (stdin.destroyed) return Promise.resolve(false)
  if (stdin.write(data)) return Promise.resolve(true)
  return new Promise((resolve) => {
    const settle = (taken: boolean): void => {
      stdin.off('drain', onDrain).off('close', onClose)
      resolve(taken)
    }
    const onDrain = (): void => settle(true)
    const onClose = (): void => settle(false)
    stdin.once('drain', onDrain).once('close', onClose)
  })
}

/** Resolves when the last byte is in the pipe, or nobody reads any more. */
function close(stdin: Writable): Promise<void> {
  return new Promise((resolve) => stdin.end(() => resolve()))
}
