import type { Logger } from '@goldkeep/service'
import type { Kysely } from 'kysely'
import type { CatalogConfig } from '../config.js'
import type { DB } from '../db/tables.js'
import { sweep } from '../operations/sweep.js'
import { repeat } from './repeat.js'

/** Sweeps at every interval. Of several catalogs one sweeps at a time. */
export function startSweeper(parts: {
  readonly db: Kysely<DB>
  readonly log: Logger
  readonly config: Pick<CatalogConfig, 'sweepIntervalMs' | 'requeueAfterMs' | 'times'>
}): { stop(): Promise<void> } {
  const { db, log, config } = parts
  return repeat(async () => {
    try {
      const swept = await sweep(db, {
        requeueAfterMs: config.requeueAfterMs,
        uploadExpiryMs: config.times.uploadExpiryMs,
        deploymentLeaseMs: config.times.deploymentLeaseMs,
      })
      if (swept && Object.values(swept).some((count) => count > 0))
        log.info(swept, 'the sweep found work that nobody was doing')
    } catch (error) {
      log.warn({ err: error }, 'the sweep failed; it is tried again')
    }
    return config.sweepIntervalMs
  })
}
