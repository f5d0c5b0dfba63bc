import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'

/** Does the work again and again, with a pause between, until the signal; a failure is logged once in a row. */
export async function repeat(
  doing: string,
  pauseMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failing = false
  while (!signal.aborted) {
    try {
      await work(signal)
      failing = false
    } catch (error) {
      if (!failing && !signal.aborted) log.warn({ err: error, doing }, 'the catalog cannot be reached')
      failing = true
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {})
  }
}
