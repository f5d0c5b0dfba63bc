import { sql, type Transaction } from 'kysely'
import { getHouse, raiseEpochAbove } from '../db/house-queries.js'
import { ensureJob } from '../db/jobs-queries.js'
import {
  addPublicationsOf,
  lockPublication,
  publicationsOfVolume,
  subjectOfPublication,
} from '../db/publications-queries.js'
import type { DB } from '../db/tables.js'
import { takeFound, type HeldImage } from './confirm-publication.js'

/** A place in the order of commands that a volume has seen taken. */
export interface HeldCommand {
  readonly versionId: string
  readonly epoch: number
  readonly opSeq: number
}

/**
 * Compares the publications on a volume with what was published there. A volume that is ahead was written
 * by a later state of this database than it is in now; one that is behind was put back from a copy, or its
 * image.json was lost.
 * @param unread ids of images whose image.json is there and cannot be read: nothing follows from that
 */
export async function comparePublications(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldImage[],
  unread: readonly string[] = [],
): Promise<void> {
  const heldByUid = new Map(held.map((image) => [image.imageUid, image]))
  // A database that was put back may know an image from before its first version.
  await addPublicationsOf(trx, volumeId, [...heldByUid.keys()])
  await keepForeignImages(trx, volumeId, held)
  const rows = await publicationsOfVolume(trx, volumeId)
  const images = await lockImages(
    trx,
    rows.map(({ imageUid }) => imageUid),
  )
  const unreadUids = new Set(images.filter(({ imageId }) => unread.includes(imageId)).map(({ uid }) => uid))
  for (const { imageUid, baseDigest } of rows) {
    const image = heldByUid.get(imageUid) ?? { ...absent, imageUid }
    if (unreadUids.has(imageUid)) continue
    if (image.sha256 === (baseDigest ?? undefined)) continue
    // The job's row is locked before the publication's, as everywhere.
    await ensureJob(trx, 'publish', subjectOfPublication({ imageUid, volumeId }))
    const row = await lockPublication(trx, { imageUid, volumeId })
    if (row) await takeFound(trx, row, image)
  }
}

const absent = {
  imageId: '',
  isDeleted: false,
  epoch: 0,
  generation: 0,
  sha256: undefined,
  nextNumber: 0,
} as const

/** Notes which images the volume has that are not known here: their names are not free. */
async function keepForeignImages(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldImage[],
): Promise<void> {
  await trx.deleteFrom('foreignImages').where('volumeId', '=', volumeId).execute()
  const images = held
    .filter(({ isDeleted }) => !isDeleted)
    .map(({ imageId, imageUid }) => ({ imageId, imageUid }))
  await sql`
    insert into foreign_images (volume_id, image_id, image_uid)
    select ${volumeId}, held."imageId", held."imageUid"
    from jsonb_to_recordset(${JSON.stringify(images)}::jsonb) as held ("imageId" text, "imageUid" text)
    where not exists (select from images where images.uid = held."imageUid")`.execute(trx)
}

function lockImages(trx: Transaction<DB>, uids: readonly string[]) {
  return trx
    .selectFrom('images')
    .select(['uid', 'imageId'])
    .where(sql<boolean>`uid = any(${sql.val([...uids])}::text[])`)
    .orderBy('uid')
    .forUpdate()
    .execute()
}

/**
 * Compares the commands that a volume has seen with those that were given out. One that is later was given
 * out by a later state of this database: the epoch is raised, so that its orders count again.
 */
export async function compareCommands(trx: Transaction<DB>, held: readonly HeldCommand[]): Promise<void> {
  const { epoch } = await getHouse(trx)
  const current = held.filter((command) => command.epoch >= epoch)
  if (current.length === 0) return
  const ids = current.map(({ versionId }) => versionId)
  const rows = await trx
    .selectFrom('versions')
    .select(['versionId', 'opSeq'])
    .where(sql<boolean>`version_id = any(${sql.val(ids)}::text[])`)
    .execute()
  const given = new Map(rows.map(({ versionId, opSeq }) => [versionId, opSeq]))
  const isAhead = current.some(
    ({ versionId, epoch: seen, opSeq }) => seen > epoch || opSeq > (given.get(versionId) ?? opSeq),
  )
  if (isAhead) await raiseEpochAbove(trx, Math.max(...current.map((command) => command.epoch)))
}
