import { breakConnection } from '@goldkeep/postgres/pool'
import type { Logger } from '@goldkeep/service'
import pg from 'pg'
import { repeat } from './repeat.js'

/** Milliseconds between looks at the connection, and so before a broken one is replaced. */
const checkMs = 2_000
/** Milliseconds that the database has for an answer. */
const answerMs = 5_000

/**
 * Calls back on every notification of a channel, on a connection of its own that is replaced when it
 * breaks or falls silent. Notifications are hints: those of a broken connection are lost.
 */
export function listenTo(
  databaseUrl: string,
  channel: string,
  onNotify: () => void,
  log: Logger,
): { stop(): Promise<void> } {
  let client: pg.Client | undefined

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'goldkeep-catalog-listen',
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      keepAlive: true,
    })
    const drop = (): void => {
      if (client === fresh) client = undefined
    }
    fresh.on('notification', onNotify)
    fresh.on('error', drop)
    fresh.on('end', drop)
    try {
      await fresh.connect()
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
      client = fresh
    } catch (error) {
      breakConnection(fresh, 'the connection for notifications failed')
      throw error
    }
  }
  /** A connection that only listens cannot notice that the other end is gone. */
  const check = async (listening: pg.Client): Promise<void> => {
    await listening.query('select 1').catch((error: unknown) => {
      breakConnection(listening, 'the connection for notifications has fallen silent')
      client = undefined
      throw error
    })
  }

  const connecting = repeat(async () => {
    const look = client ? check(client) : connect()
    await look.catch((error: unknown) => log.debug({ err: error }, 'cannot listen; polling continues'))
    return checkMs
  })
  return {
    stop: async () => {
      await connecting.stop()
      await client?.end()
    },
  }
}
