import { sql, type Transaction } from 'kysely'
import { confirmLocations, setLocations } from '../db/locations-queries.js'
import type { DB } from '../db/tables.js'

export interface HeldVersion {
  readonly versionId: string
  readonly manifestDigest: string
}

export interface InventoryAnswer {
  /** Version directories whose seal is not recorded. */
  readonly unrecorded: readonly string[]
  /** Not known here: kept and reported. */
  readonly unknown: readonly string[]
  /** Sealed here, and not on the volume. */
  readonly missing: readonly string[]
  /** The same id with another digest. */
  readonly conflicting: readonly string[]
}

/** A look at a volume. */
export interface InventoryLook {
  /** Before the look began; without it nothing is found missing. */
  readonly lookTime: Date | undefined
  readonly versions: readonly HeldVersion[]
}

/**
 * Compares what a volume holds with what the catalog knows: marks what is missing, heals what is back. What
 * was learned of a version after the look began (a seal, say) is newer than the look.
 */
export async function recordInventory(
  trx: Transaction<DB>,
  volumeId: string,
  { versions: held, lookTime }: InventoryLook,
): Promise<InventoryAnswer> {
  const known = await readKnown(trx, held)
  const answer = { unrecorded: [] as string[], unknown: [] as string[], conflicting: [] as string[] }
  const present: string[] = []
  for (const { versionId, manifestDigest } of held) {
    const version = known.get(versionId)
    if (!version) answer.unknown.push(versionId)
    else if (version.manifestDigest === null) answer.unrecorded.push(versionId)
    else if (version.manifestDigest !== manifestDigest) answer.conflicting.push(versionId)
    else if (version.lifecycle === 'SEALED') present.push(versionId)
  }
  await confirmLocations(trx, volumeId, present)
  await setLocations(trx, volumeId, answer.conflicting, 'DAMAGED')
  const missing = lookTime ? await markMissing(trx, volumeId, held, lookTime) : []
  return { ...answer, missing }
}

async function readKnown(trx: Transaction<DB>, held: readonly HeldVersion[]) {
  const ids = held.map((version) => version.versionId)
  const rows = await trx
    .selectFrom('versions')
    .select(['versionId', 'lifecycle', 'manifestDigest'])
    .where(sql<boolean>`version_id = any(${sql.val(ids)}::text[])`)
    .execute()
  return new Map(rows.map((row) => [row.versionId, row]))
}

/** What is sealed, was on this volume, and is there no more. */
async function markMissing(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldVersion[],
  lookTime: Date,
): Promise<string[]> {
  const ids = held.map((version) => version.versionId)
  const { rows } = await sql<{ versionId: string }>`
    update locations set presence = 'MISSING', last_checked = now()
    from versions
    where versions.version_id = locations.version_id
      and locations.volume_id = ${volumeId}
      and versions.lifecycle = 'SEALED'
      and locations.last_checked < ${lookTime}::timestamptz
      and locations.version_id not in (select unnest(${sql.val(ids)}::text[]))
    returning locations.version_id as "versionId"`.execute(trx)
  return rows.map((row) => row.versionId).sort()
}
