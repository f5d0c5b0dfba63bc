import type { Logger } from '@goldkeep/service'
import type { Kysely } from 'kysely'
import { listWantedLooks, looksChannel, noteListener, type WantedLook } from '../db/looks-queries.js'
import type { DB } from '../db/tables.js'
import { listenTo } from './listen-to.js'

/** For how long one call waits; a storage service calls again at once. */
const waitMs = 8_000

/** The questions to storage services, for which each of them waits. */
export interface LookQuestions {
  /** What a volume's storage service is asked; waits some seconds for a question, and answers none at its end. */
  next(volumeId: string, signal: AbortSignal): Promise<WantedLook[]>
  /** Answers all that wait. */
  stop(): Promise<void>
}

export function startLookQuestions(parts: {
  readonly db: Kysely<DB>
  readonly databaseUrl: string
  readonly log: Logger
}): LookQuestions {
  const { db, databaseUrl, log } = parts
  const waiting = new Set<() => void>()
  const stopping = new AbortController()
  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }
  const listening = listenTo(databaseUrl, looksChannel, wakeAll, log)
  return {
    next: async (volumeId, signal) => {
      await noteListener(db, volumeId)
      const over = AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(waitMs)])
      for (;;) {
        // Before the look: a notification that comes during it counts.
        const woken = wakeup(waiting, over)
        const looks = await listWantedLooks(db, volumeId)
        if (looks.length > 0 || over.aborted) {
          woken.cancel()
          return looks
        }
        await woken.promise
      }
    },
    stop: async () => {
      stopping.abort()
      await listening.stop()
    },
  }
}

/** Resolves when it is woken or the signal aborts. */
function wakeup(waiting: Set<() => void>, signal: AbortSignal): { promise: Promise<void>; cancel(): void } {
  let wake = (): void => {}
  const promise = new Promise<void>((resolve) => {
    wake = () => {
      waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
  })
  waiting.add(wake)
  signal.addEventListener('abort', wake)
  if (signal.aborted) wake()
  return { promise, cancel: wake }
}
