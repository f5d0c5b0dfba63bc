import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'

/** A run that takes longer is given up, so that a call without an answer does not end the repetition. */
const longestRunMs = 60_000
/** A failure that lasts is logged again after so long. */
const remindAfterMs = 60_000

/**
 * Does the work again and again, with a pause between, until the signal. No failure ends it: one is logged when
 * it begins, every minute while it lasts, and when it is over.
 */
export async function repeat(
  doing: string,
  pauseMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failingSince: number | undefined
  let loggedAt = 0
  while (!signal.aborted) {
    try {
      await work(AbortSignal.any([signal, AbortSignal.timeout(longestRunMs)]))
      if (failingSince !== undefined) log.info({ doing }, 'a repeated task succeeds again')
      failingSince = undefined
    } catch (error) {
      if (signal.aborted) return
      const now = performance.now()
      failingSince ??= now
      if (failingSince === now || now - loggedAt >= remindAfterMs) {
        const failingSeconds = Math.round((now - failingSince) / 1000)
        log.warn({ err: error, doing, failingSeconds }, 'a repeated task fails and is tried again')
        loggedAt = now
      }
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {})
  }
}
