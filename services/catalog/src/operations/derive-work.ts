import type { Capture, UploadEnd } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import { sql, type Transaction } from 'kysely'
import { getHouse } from '../db/house-queries.js'
import type { DB, JobKind } from '../db/tables.js'
import { getVolume } from '../db/volumes-queries.js'
import { needsWimlib } from '../domain/needs-wimlib.js'
import type { Times } from '../domain/times.js'
import { derivePublish, type PublishWork } from './derive-publish.js'

interface Address {
  readonly volumeId: string
  readonly address: string
}

export interface ValidateWork {
  readonly kind: 'validate'
  readonly versionId: string
  readonly imageId: string
  readonly volumeId: string
  readonly capture: Capture
  readonly manifestDigest: string
  readonly needsWimlib: boolean
}

export interface EndUploadWork {
  readonly kind: 'end-upload'
  readonly versionId: string
  readonly outcome: UploadEnd
  readonly epoch: number
  readonly opSeq: number
  readonly volume: Address
  /** Of an expiry: without a byte for so long. */
  readonly idleMs: number
}

export type Work = ValidateWork | PublishWork | EndUploadWork

/** What a job has to do now, by the state of its subject; `undefined`: nothing is left. */
export function deriveWork(
  trx: Transaction<DB>,
  kind: JobKind,
  subjectId: string,
  times: Times,
): Promise<Work | undefined> {
  return derivations[kind](trx, subjectId, times)
}

const derivations = {
  validate: deriveValidate,
  publish: derivePublish,
  'end-upload': deriveEndUpload,
} satisfies Record<
  JobKind,
  (trx: Transaction<DB>, subject: string, times: Times) => Promise<Work | undefined>
>

async function deriveValidate(trx: Transaction<DB>, versionId: string): Promise<ValidateWork | undefined> {
  const row = await trx
    .selectFrom('versions')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .innerJoin('locations', 'locations.versionId', 'versions.versionId')
    .select(['images.imageId', 'versions.capture', 'versions.manifest', 'versions.manifestDigest'])
    .select('locations.volumeId')
    .where('versions.versionId', '=', versionId)
    .where('versions.lifecycle', '=', 'SEALED')
    .where('locations.presence', '<>', 'MISSING')
    .where((where) =>
      where.or([where('versions.verdict', '=', 'PENDING'), where('locations.doubtedAt', 'is not', null)]),
    )
    .orderBy(sql`locations.doubted_at is null`)
    .orderBy('locations.volumeId')
    .limit(1)
    .executeTakeFirst()
  if (!row?.manifest || !row.manifestDigest) return undefined
  const { imageId, capture, volumeId, manifestDigest } = row
  const { files } = parseManifest(row.manifest)
  return {
    kind: 'validate',
    versionId,
    imageId,
    volumeId,
    capture,
    manifestDigest,
    needsWimlib: needsWimlib(files),
  }
}

async function deriveEndUpload(
  trx: Transaction<DB>,
  versionId: string,
  times: Times,
): Promise<EndUploadWork | undefined> {
  const row = await trx
    .selectFrom('versions')
    .innerJoin('uploads', 'uploads.versionId', 'versions.versionId')
    .select(['versions.pendingOutcome', 'versions.pendingOpSeq', 'uploads.volumeId'])
    .where('versions.versionId', '=', versionId)
    .where('versions.pendingCommand', '=', 'END_UPLOAD')
    .executeTakeFirst()
  if (!row?.pendingOutcome || row.pendingOpSeq === null) return undefined
  const { epoch } = await getHouse(trx)
  const { volumeId, address } = await getVolume(trx, row.volumeId)
  return {
    kind: 'end-upload',
    versionId,
    outcome: row.pendingOutcome,
    epoch,
    opSeq: row.pendingOpSeq,
    volume: { volumeId, address },
    idleMs: row.pendingOutcome === 'EXPIRED' ? times.uploadExpiryMs : 0,
  }
}
