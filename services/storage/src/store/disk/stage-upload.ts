import { schemaPath } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { volumeLayout } from '@goldkeep/volume'
import { join } from 'node:path'
import type { StagedUpload } from '../upload.js'
import { makeDirectory, type VolumeRoot } from './directories.js'
import { StagedDirectory } from './staged-upload.js'
import { replaceFile } from './whole-files.js'

const layout = volumeLayout('')

/** Stages a new upload. It exists from its journal's first record on; until then every step may be repeated. */
export async function stageUpload(
  root: VolumeRoot,
  upload: StagedUpload,
  schema: Uint8Array,
  log: Logger,
): Promise<StagedDirectory> {
  await root.room.take(schema.length)
  const tree = layout.stagedTree(upload.versionId)
  await makeDirectory(root, tree)
  await replaceFile(root, join(tree, schemaPath), schema)
  const time = new Date().toISOString()
  return StagedDirectory.create(root, { t: 'opened', format: 1, upload, time }, log)
}
