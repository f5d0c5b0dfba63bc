import { sql, type Transaction } from 'kysely'
import { setLocations } from '../db/locations-queries.js'
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

/**
 * Compares what a volume holds with what the catalog knows: marks what is missing, heals what is back.
 */
export async function recordInventory(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldVersion[],
): Promise<InventoryAnswer> {
  const known = await readKnown(trx, volumeId, held)
  const answer = { unrecorded: [] as string[], unknown: [] as string[], conflicting: [] as string[] }
  const present: string[] = []
  for (const { versionId, manifestDigest } of held) {
    const version = known.get(versionId)
    if (!version) answer.unknown.push(versionId)
    else if (version.manifestDigest === null) answer.unrecorded.push(versionId)
    else if (version.manifestDigest !== manifestDigest) answer.conflicting.push(versionId)
    else if (version.lifecycle === 'SEALED' && version.presence !== 'DAMAGED') present.push(versionId)
  }
  await setLocations(trx, volumeId, present, 'PRESENT')
  await setLocations(trx, volumeId, answer.conflicting, 'DAMAGED')
  return { ...answer, missing: await markMissing(trx, volumeId, held) }
}

async function readKnown(trx: Transaction<DB>, volumeId: string, held: readonly HeldVersion[]) {
  const ids = held.map((version) => version.versionId)
  const rows = await trx
    .selectFrom('versions')
    .leftJoin('locations', (join) =>
      join.onRef('locations.versionId', '=', 'versions.versionId').on('locations.volumeId', '=', volumeId),
    )
    .select(['versions.versionId', 'versions.lifecycle', 'versions.manifestDigest', 'locations.presence'])
    .where(sql<boolean>`versions.version_id = any(${sql.val(ids)}::text[])`)
    .execute()
  return new Map(rows.map((row) => [row.versionId, row]))
}

/** What is sealed, was on this volume, and is there no more. */
async function markMissing(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldVersion[],
): Promise<string[]> {
  const ids = held.map((version) => version.versionId)
  const { rows } = await sql<{ versionId: string }>`
    update locations set presence = 'MISSING', last_checked = now()
    from versions
    where versions.version_id = locations.version_id
      and locations.volume_id = ${volumeId}
      and versions.lifecycle = 'SEALED'
      and not (locations.version_id = any(${sql.val(ids)}::text[]))
    returning locations.version_id as "versionId"`.execute(trx)
  return rows.map((row) => row.versionId).sort()
}
