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
  const open = await trx
    .selectFrom('versions')
    .select(['versionId', 'source'])
    .where('imageUid', '=', imageUid)
    .where('lifecycle', '=', 'UPLOADING')
    .where('pendingCommand', 'is', null)
    .orderBy('ordinal', 'desc')
    .execute()
  const own = open.filter(({ source: other }) => compareMachines(keys, machineKeys(other)) === 'same')
  return Promise.all(own.map(({ versionId }) => describeOpen(trx, versionId)))
}

/** Read for the machine's own uploads only: labels and notes of many are more than one call should read. */
async function describeOpen(trx: Transaction<DB>, versionId: string): Promise<OpenUpload> {
  const begunWith = await trx
    .selectFrom('versions')
    .innerJoin('uploads', 'uploads.versionId', 'versions.versionId')
    .select(['uploads.schemaDigest', 'versions.capture', 'versions.labels', 'versions.note'])
    .where('versions.versionId', '=', versionId)
    .executeTakeFirstOrThrow()
  return { versionId, begunWith, completeFiles: await listCompleteFiles(trx, versionId) }
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
