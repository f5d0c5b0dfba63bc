import type { Transaction } from 'kysely'
import {
  compareMachines,
  isIdentified,
  machineKeys,
  type MachineIdentity,
} from '../domain/machine-identity.js'
import type { OpenUpload } from '../domain/open-upload.js'
import type { DB } from '../db/tables.js'

/**
 * The open uploads that this machine has for the image, the newest first. One that is about to be ended
 * is not open any more. A source that does not say who it is has none.
 */
export async function findOpenUploadsOf(
  trx: Transaction<DB>,
  imageUid: string,
  source: MachineIdentity | undefined,
): Promise<OpenUpload[]> {
  const keys = machineKeys(source)
  if (!isIdentified(keys)) return []
  const rows = await trx
    .selectFrom('versions')
    .innerJoin('uploads', 'uploads.versionId', 'versions.versionId')
    .select(['versions.versionId', 'versions.source', 'uploads.schemaDigest'])
    .select(['versions.capture', 'versions.labels', 'versions.note'])
    .where('versions.imageUid', '=', imageUid)
    .where('versions.lifecycle', '=', 'UPLOADING')
    .where('versions.pendingCommand', 'is', null)
    .orderBy('versions.ordinal', 'desc')
    .execute()
  const own = rows.filter((row) => compareMachines(keys, machineKeys(row.source)) === 'same')
  return Promise.all(
    own.map(async ({ versionId, source: _source, ...begunWith }) => ({
      versionId,
      begunWith,
      completeFiles: await listCompleteFiles(trx, versionId),
    })),
  )
}

async function listCompleteFiles(trx: Transaction<DB>, versionId: string): Promise<string[]> {
  const rows = await trx
    .selectFrom('uploadFiles')
    .select('path')
    .where('versionId', '=', versionId)
    .where('state', '=', 'COMPLETE')
    .orderBy('path')
    .execute()
  return rows.map((row) => row.path)
}
