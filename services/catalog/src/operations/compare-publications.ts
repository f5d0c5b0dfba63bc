import { sql, type Transaction } from 'kysely'
import { getHouse, raiseEpochAbove } from '../db/house-queries.js'
import { ensureJob } from '../db/jobs-queries.js'
import type { DB } from '../db/tables.js'

/** An image.json as a volume has it. */
export interface HeldImage {
  readonly imageUid: string
  readonly epoch: number
  readonly generation: number
}

/**
 * Compares the publications on a volume with what was published. A volume that is ahead was written by a
 * later state of this database than it is in now: the epoch is raised, so that its orders count again. A
 * volume that is behind (put back from a snapshot, or its image.json lost) is published to once more.
 */
export async function comparePublications(
  trx: Transaction<DB>,
  volumeId: string,
  held: readonly HeldImage[],
): Promise<void> {
  const { epoch } = await getHouse(trx)
  const heldByUid = new Map(held.map((image) => [image.imageUid, image]))
  for (const image of await lockImagesOf(trx, volumeId, [...heldByUid.keys()])) {
    const onVolume = heldByUid.get(image.uid)
    if (onVolume && onVolume.epoch >= epoch && onVolume.generation > image.generation)
      await raiseEpochAbove(trx, onVolume.epoch)
    const generation = onVolume?.generation ?? 0
    if (generation >= image.publishedGeneration) continue
    await trx
      .updateTable('images')
      .set({ publishedGeneration: generation })
      .where('uid', '=', image.uid)
      .execute()
    await ensureJob(trx, 'publish', image.uid)
  }
}

/** The images that the volume has a document of, or a version. */
function lockImagesOf(trx: Transaction<DB>, volumeId: string, uids: readonly string[]) {
  return trx
    .selectFrom('images')
    .select(['uid', 'generation', 'publishedGeneration'])
    .where(
      sql<boolean>`uid = any(${sql.val([...uids])}::text[]) or uid in (
        select versions.image_uid from versions join locations using (version_id)
        where locations.volume_id = ${volumeId})`,
    )
    .orderBy('uid')
    .forUpdate()
    .execute()
}
