import { schemaPath } from '@goldkeep/domain'
import { volumeLayout } from '@goldkeep/volume'
import { join } from 'node:path'
import type { StagedUpload } from '../upload.js'
import { makeDirectory } from './directories.js'
import { refuseFormer } from './find-held.js'
import { requireNoOtherImage } from './image-documents.js'
import { StagedDirectory } from './staged-upload.js'
import { requireReadable, type VolumeContents } from './volume-contents.js'
import { replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/**
 * Stages a new upload. It exists from its journal's first record on; until then every step may be repeated.
 * @throws DomainError UPLOAD_ENDED, SEAL_BEGUN, VERSION_GONE, IO_ERROR, IMAGE_ON_VOLUME, DOCUMENT_UNREADABLE
 */
export async function stageUpload(
  volume: VolumeContents,
  upload: StagedUpload,
  schema: Uint8Array,
): Promise<StagedDirectory> {
  const { root, log, uploads } = volume
  const { versionId, imageId } = upload
  refuseFormer(volume, versionId)
  requireReadable(volume, versionId, imageId)
  await requireNoOtherImage(root, upload)
  await root.room.take(schema.length)
  const tree = layout.stagedTree(versionId)
  await makeDirectory(root, tree)
  await replaceFile(root, join(tree, schemaPath), schema)
  const time = new Date().toISOString()
  const staged = await StagedDirectory.create(root, { t: 'opened', format: 1, upload, time }, log)
  uploads.set(versionId, staged)
  return staged
}
