import { newVersionId, parseFilePath, type Capture, type VersionId } from '@goldkeep/domain'
import { expectedFiles, parseSchema, type ExpectedFile } from '@goldkeep/schema'
import { sql, type Transaction } from 'kysely'
import { createHash } from 'node:crypto'
import type { Actor } from '../domain/actor.js'
import { chooseVolume, estimateBytes } from '../domain/choose-volume.js'
import type { MachineIdentity } from '../domain/machine-identity.js'
import { assertSameTerms, openUploadExists, type OnOpenUpload } from '../domain/open-upload.js'
import type { Times } from '../domain/times.js'
import { databaseNow, inMilliseconds } from '../db/clock.js'
import { lockImage } from '../db/images-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, ImageRow } from '../db/tables.js'
import { listHeardVolumes } from '../db/volumes-queries.js'
import { findOpenUploadsOf } from './find-open-uploads.js'
import { requestUploadEnd } from './request-upload-end.js'

export interface UploadOrder {
  readonly imageId: string
  readonly schema: Uint8Array
  /** The capture, given the image that it is for. */
  readonly captureFor: (image: ImageRow) => Capture
  readonly source: MachineIdentity | undefined
  readonly agent: string
  readonly expectedSizes: Readonly<Record<string, number>>
  readonly onOpen: OnOpenUpload
  readonly labels: Readonly<Record<string, string>>
  readonly note: string
}

export interface BegunUpload {
  readonly versionId: VersionId
  readonly expectedFiles: readonly ExpectedFile[]
  readonly resumed: boolean
}

/**
 * Begins an upload, or finds the one to resume. Nothing that exists is touched.
 * @throws DomainError INVALID_SCHEMA, IMAGE_NOT_FOUND, OPEN_UPLOAD_EXISTS, SCHEMA_MISMATCH, NO_VOLUME, NO_SPACE,
 * UNAVAILABLE when no volume has reported lately
 */
export async function beginUpload(
  trx: Transaction<DB>,
  order: UploadOrder,
  actor: Actor,
  times: Times,
): Promise<BegunUpload> {
  const schema = parseSchema(order.schema)
  const schemaDigest = createHash('sha256').update(order.schema).digest('hex')
  for (const path of Object.keys(order.expectedSizes)) parseFilePath(path)
  const image = await lockImage(trx, order.imageId)
  const capture = order.captureFor(image)
  const files = expectedFiles(schema, capture)

  const open = await findOpenUploadsOf(trx, image.uid, order.source)
  const [newest] = open
  if (newest && order.onOpen === 'REFUSE') throw openUploadExists(newest, image.imageId)
  if (newest && order.onOpen === 'RESUME') {
    assertSameTerms(newest, { schemaDigest, capture, labels: order.labels, note: order.note })
    return { versionId: newest.versionId as VersionId, expectedFiles: files, resumed: true }
  }
  for (const { versionId } of open) await requestUploadEnd(trx, versionId, 'ABORTED', actor, 'replaced')

  const bytes = estimateBytes(files, order.expectedSizes)
  const volume = chooseVolume(await listHeardVolumes(trx), bytes, times.volumeSilenceMs)
  const versionId = newVersionId(await databaseNow(trx))
  await addVersion(trx, { ...order, versionId, image, capture, actor })
  await trx
    .insertInto('uploads')
    .values({
      versionId,
      volumeId: volume.volumeId,
      schemaDigest,
      expectedSizes: JSON.stringify(order.expectedSizes),
      expiresAt: inMilliseconds(times.uploadExpiryMs),
    })
    .execute()
  await recordAct(trx, { actor, action: 'begin-upload', imageUid: image.uid, versionId })
  return { versionId, expectedFiles: files, resumed: false }
}

async function addVersion(
  trx: Transaction<DB>,
  version: UploadOrder & { versionId: VersionId; image: ImageRow; capture: Capture; actor: Actor },
): Promise<void> {
  const { image } = version
  await trx
    .insertInto('versions')
    .values({
      versionId: version.versionId,
      imageUid: image.uid,
      number: image.nextNumber,
      lifecycle: 'UPLOADING',
      note: version.note,
      labels: JSON.stringify(version.labels),
      schema: Buffer.from(version.schema),
      capture: JSON.stringify(version.capture),
      source: version.source ? JSON.stringify(version.source) : null,
      agent: version.agent,
      createdBy: JSON.stringify(version.actor),
    })
    .execute()
  await trx
    .updateTable('images')
    .set({ nextNumber: sql`next_number + 1` })
    .where('uid', '=', image.uid)
    .execute()
}
