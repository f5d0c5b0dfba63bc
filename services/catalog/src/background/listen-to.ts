import type { Logger } from '@goldkeep/service'
import pg from 'pg'
import { repeat } from './repeat.js'

/** Milliseconds between looks at the connection, and so before a broken one is made anew. */
const checkMs = 2_000

/**
 * Calls back on every notification of a channel, on a connection of its own that is made anew when it
 * breaks. Notifications are hints: those of a broken connection are lost.
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
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    })
    const drop = (): void => {
      if (client === fresh) client = undefined
    }
    fresh.on('notification', onNotify)
    fresh.on('error', drop)
    fresh.on('end', drop)
    await fresh.connect()
    await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    client = fresh
  }

  const connecting = repeat(async () => {
    if (!client)
      await connect().catch((error: unknown) => log.debug({ err: error }, 'cannot listen; polling goes on'))
    return checkMs
  })
  return {
    stop: async () => {
      await connecting.stop()
      await client?.end()
    },
  }
}
