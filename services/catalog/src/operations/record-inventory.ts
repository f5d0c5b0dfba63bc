import { DomainError } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { confirmLocations, setLocations, setUnreadable } from '../db/locations-queries.js'
import type { DB } from '../db/tables.js'
import { repeatUploadEnd } from './request-upload-end.js'

export interface HeldVersion {
  readonly versionId: string
  readonly imageId: string
  readonly manifestDigest: string
}

export interface HeldUnreadable {
  readonly imageId: string
  /** Empty: any version may be in the image's directory. */
  readonly versionId: string
}

export interface InventoryAnswer {
  /** Version directories whose seal is not recorded. */
  readonly unrecorded: readonly string[]
  /** Version directories and staged uploads that are not known here: kept and reported. */
  readonly unknown: readonly string[]
  /** Sealed here, and not on the volume. */
  readonly missing: readonly string[]
  /** The same id with another digest, or in another image's directory. */
  readonly conflicting: readonly string[]
}

/** A look at a volume. */
export interface InventoryLook {
  /** Before the look began; without it nothing is found missing. */
  readonly lookTime: Date | undefined
  readonly versions: readonly HeldVersion[]
  /** Ids of staged uploads. */
  readonly staged: readonly string[]
  /** Ids of versions of which there is a directory without a manifest of theirs. */
  readonly damaged: readonly string[]
  /** What the volume has and cannot read. */
  readonly unreadable: readonly HeldUnreadable[]
}

/**
 * Compares what a volume holds with what the catalog knows: marks what is missing, heals what is back. What
 * was learned of a version after the look began (a seal, say) is newer than the look. Nothing is concluded from
 * what the volume could not read.
 */
export async function recordInventory(
  trx: Transaction<DB>,
  volumeId: string,
  look: InventoryLook,
): Promise<InventoryAnswer> {
  const { versions: held, lookTime } = look
  await assertLookIsPast(trx, lookTime)
  const known = await readKnown(
    trx,
    held.map(({ versionId }) => versionId),
  )
  const answer = { unrecorded: [] as string[], unknown: [] as string[], conflicting: [] as string[] }
  const present: string[] = []
  for (const { versionId, imageId, manifestDigest } of held) {
    const version = known.get(versionId)
    if (!version) answer.unknown.push(versionId)
    else if (version.manifestDigest === null) answer.unrecorded.push(versionId)
    else if (version.manifestDigest !== manifestDigest || version.imageId !== imageId)
      answer.conflicting.push(versionId)
    else if (version.lifecycle === 'SEALED') present.push(versionId)
  }
  answer.unknown.push(...(await endStaged(trx, look.staged)))
  await confirmLocations(trx, volumeId, present)
  await setLocations(trx, volumeId, answer.conflicting, 'DAMAGED')
  const elsewhere = new Set(held.map(({ versionId }) => versionId))
  const lost = look.damaged.filter((versionId) => !elsewhere.has(versionId))
  await setLocations(trx, volumeId, await locatedOn(trx, volumeId, lost), 'DAMAGED')
  await markUnreadable(trx, volumeId, look.unreadable, elsewhere)
  const isWhole = look.unreadable.every(({ versionId }) => versionId !== '')
  const missing = lookTime && isWhole ? await markMissing(trx, volumeId, look, lookTime) : []
  return { ...answer, missing }
}

/**
 * Has uploads ended once more that have ended here, and are staged all the same: their volume was put back, or was taken
 * for lost meanwhile.
 * @returns those that are not known here
 */
async function endStaged(trx: Transaction<DB>, staged: readonly string[]): Promise<string[]> {
  const known = await readKnown(trx, staged)
  for (const { versionId, lifecycle } of known.values())
    if (lifecycle === 'ABORTED' || lifecycle === 'EXPIRED') await repeatUploadEnd(trx, versionId)
  return staged.filter((versionId) => !known.has(versionId))
}

async function readKnown(trx: Transaction<DB>, ids: readonly string[]) {
  const rows = await trx
    .selectFrom('versions')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .select(['versionId', 'lifecycle', 'manifestDigest', 'imageId'])
    .where(sql<boolean>`version_id = any(${sql.val([...ids])}::text[])`)
    .orderBy('versionId')
    .execute()
  return new Map(rows.map((row) => [row.versionId, row]))
}

/**
 * After the database's clock was set back, what was learned since the look began seems to be older than the look.
 * @throws DomainError UNAVAILABLE: the volume is announced again, with a look by the clock as it is now
 */
async function assertLookIsPast(trx: Transaction<DB>, lookTime: Date | undefined): Promise<void> {
  const now = await databaseNow(trx)
  if (lookTime === undefined || lookTime.getTime() <= now.getTime()) return
  throw new DomainError(
    'UNAVAILABLE',
    `look_time: expected a time before ${now.toISOString()}, found ${lookTime.toISOString()}; ` +
      'the clock of the database was set back, announce the volume again',
  )
}

/** Those that are sealed, and of which the volume has, or had, the bytes. */
async function locatedOn(trx: Transaction<DB>, volumeId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await trx
    .selectFrom('versions')
    .innerJoin('locations', 'locations.versionId', 'versions.versionId')
    .select('versions.versionId')
    .where(sql<boolean>`versions.version_id = any(${sql.val([...ids])}::text[])`)
    .where('versions.lifecycle', '=', 'SEALED')
    .where('locations.volumeId', '=', volumeId)
    .execute()
  return rows.map(({ versionId }) => versionId)
}

/** @param elsewhere versions that the volume can read, wherever else it has a directory of theirs */
async function markUnreadable(
  trx: Transaction<DB>,
  volumeId: string,
  unreadable: readonly HeldUnreadable[],
  elsewhere: ReadonlySet<string>,
): Promise<void> {
  const images = unreadable.filter(({ versionId }) => versionId === '').map(({ imageId }) => imageId)
  const inImages = await trx
    .selectFrom('versions')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .select('versionId')
    .where(sql<boolean>`images.image_id = any(${sql.val(images)}::text[])`)
    .execute()
  const ids = [...unreadable, ...inImages].map(({ versionId }) => versionId)
  await setUnreadable(
    trx,
    volumeId,
    ids.filter((versionId) => !elsewhere.has(versionId)),
  )
}

/** What is sealed, was on this volume, and is there no more. */
async function markMissing(
  trx: Transaction<DB>,
  volumeId: string,
  look: InventoryLook,
  lookTime: Date,
): Promise<string[]> {
  const seen = [...look.versions, ...look.unreadable].map(({ versionId }) => versionId)
  const ids = [...seen, ...look.damaged]
  const { rows } = await sql<{ versionId: string }>`
    update locations set presence = 'MISSING', unreadable_since = null, last_checked = now()
    from versions
    where versions.version_id = locations.version_id
      and locations.volume_id = ${volumeId}
      and versions.lifecycle = 'SEALED'
      and locations.last_checked < ${lookTime}::timestamptz
      and locations.version_id not in (select unnest(${sql.val(ids)}::text[]))
    returning locations.version_id as "versionId"`.execute(trx)
  return rows.map((row) => row.versionId).sort()
}
