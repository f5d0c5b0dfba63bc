import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import { ensureJob } from './jobs-queries.js'
import type { DB } from './tables.js'
import type { PublicationPart, PublicationsTable } from './tables/image-tables.js'

export type PublicationRow = Selectable<PublicationsTable>

/** An image on one volume: the subject of a publish job. */
export interface PublicationKey {
  readonly imageUid: string
  readonly volumeId: string
}

export const subjectOfPublication = ({ imageUid, volumeId }: PublicationKey): string =>
  `${imageUid}/${volumeId}`

export function publicationOfSubject(subject: string): PublicationKey {
  const [imageUid = '', volumeId = ''] = subject.split('/')
  return { imageUid, volumeId }
}

/** From now on the volume carries the images of these versions. */
export async function addPublications(
  trx: Transaction<DB>,
  volumeId: string,
  versionIds: readonly string[],
): Promise<void> {
  await sql`
    insert into publications (image_uid, volume_id, wanted_generation)
    select distinct images.uid, ${volumeId}, images.generation
    from versions join images on images.uid = versions.image_uid
    where versions.version_id = any(${sql.val([...versionIds])}::text[])
    on conflict do nothing`.execute(trx)
}

/** The same for images of which the volume has an image.json, whether or not a version of them is known there. */
export async function addPublicationsOf(
  trx: Transaction<DB>,
  volumeId: string,
  imageUids: readonly string[],
): Promise<void> {
  await sql`
    insert into publications (image_uid, volume_id, wanted_generation)
    select uid, ${volumeId}, generation from images
    where uid = any(${sql.val([...imageUids])}::text[])
    on conflict do nothing`.execute(trx)
}

/** Asks for the publication of an image's new generation on each of its volumes. */
export async function wantPublications(
  trx: Transaction<DB>,
  imageUid: string,
  generation: number,
): Promise<void> {
  const volumes = await trx
    .selectFrom('publications')
    .select('volumeId')
    .where('imageUid', '=', imageUid)
    .orderBy('volumeId')
    .execute()
  for (const { volumeId } of volumes)
    await ensureJob(trx, 'publish', subjectOfPublication({ imageUid, volumeId }))
  await trx
    .updateTable('publications')
    .set({ wantedGeneration: generation })
    .where('imageUid', '=', imageUid)
    .execute()
}

/** Locked; the job's row, where it is needed, is locked before. */
export function lockPublication(
  trx: Transaction<DB>,
  key: PublicationKey,
): Promise<PublicationRow | undefined> {
  return publicationBy(trx, key).forUpdate().executeTakeFirst()
}

/** Not locked. */
export function findPublication(db: Kysely<DB>, key: PublicationKey): Promise<PublicationRow | undefined> {
  return publicationBy(db, key).executeTakeFirst()
}

const publicationBy = (db: Kysely<DB>, { imageUid, volumeId }: PublicationKey) =>
  db.selectFrom('publications').selectAll().where('imageUid', '=', imageUid).where('volumeId', '=', volumeId)

export function publicationsOfVolume(db: Kysely<DB>, volumeId: string): Promise<PublicationRow[]> {
  return db
    .selectFrom('publications')
    .selectAll()
    .where('volumeId', '=', volumeId)
    .orderBy('imageUid')
    .execute()
}

type PublicationChanges = Partial<Omit<PublicationRow, 'imageUid' | 'volumeId' | 'part'>> & {
  readonly part?: PublicationPart | null
}

export async function changePublication(
  trx: Transaction<DB>,
  { imageUid, volumeId }: PublicationKey,
  { part, ...changes }: PublicationChanges,
): Promise<void> {
  await trx
    .updateTable('publications')
    .set({ ...changes, ...(part !== undefined && { part: part && JSON.stringify(part) }) })
    .where('imageUid', '=', imageUid)
    .where('volumeId', '=', volumeId)
    .execute()
}

/** What a publication is that has nothing on its volume yet, or nothing that can be built on. */
export const nothingSent = {
  publishedGeneration: 0,
  sentGeneration: 0,
  sentVersionId: '',
  sentChangeId: 0,
  part: null,
} as const

/** Every image is to be published whole. */
export async function forgetPublications(trx: Transaction<DB>): Promise<void> {
  await trx.updateTable('publications').set(nothingSent).execute()
}
