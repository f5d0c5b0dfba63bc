import type { Kysely } from 'kysely'
import { setTimeout as pause } from 'node:timers/promises'
import { isLookAwaited, wantLooks } from '../db/looks-queries.js'
import type { DB } from '../db/tables.js'

/** A person waits for the answer, and a storage service that can be asked answers within a fraction of it. */
const patienceMs = 5_000
const lookEveryMs = 20

/**
 * Has storage look at versions, and waits for what it says. Goes on without an answer where storage cannot be
 * asked: what was known before stays known.
 */
export async function askStorage(db: Kysely<DB>, versionIds: readonly string[]): Promise<void> {
  if ((await wantLooks(db, versionIds)) === 0) return
  const until = performance.now() + patienceMs
  while (performance.now() < until) {
    if (!(await isLookAwaited(db, versionIds))) return
    await pause(lookEveryMs)
  }
}
