import type { Logger } from '@goldkeep/service'
import type { Kysely } from 'kysely'
import { outboxChannel } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'
import { relayOutbox, type QueuePort } from '../operations/relay-outbox.js'
import { listenTo } from './listen-to.js'
import { repeat } from './repeat.js'

/** Milliseconds between looks at the outbox when no notification comes. */
const pollMs = 1_000
/** After a fault: the queue or the database cannot be reached. */
const faultMs = 2_000

/** Relays the outbox to the queues: at once when PostgreSQL notifies, else by looking. */
export function startRelay(parts: {
  readonly db: Kysely<DB>
  readonly queues: QueuePort
  readonly log: Logger
  readonly databaseUrl: string
}): { stop(): Promise<void> } {
  const { db, queues, log } = parts
  const relaying = repeat(async () => {
    try {
      const relayed = await relayOutbox(db, queues)
      if (relayed > 0) log.debug({ relayed }, 'outbox relayed')
      return relayed > 0 ? 0 : pollMs
    } catch (error) {
      log.warn({ err: error }, 'the outbox could not be relayed; it is tried again')
      return faultMs
    }
  })
  const listening = listenTo(parts.databaseUrl, outboxChannel, relaying.wake, log)
  return {
    stop: async () => {
      await listening.stop()
      await relaying.stop()
    },
  }
}
