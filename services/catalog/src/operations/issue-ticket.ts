import type { DeploymentId, ImageId, Uid, VersionId, VolumeId } from '@goldkeep/domain'
import { importPrivateKey, signTicket, type TicketClaims } from '@goldkeep/tickets'
import type { Kysely } from 'kysely'
import { databaseNow } from '../db/clock.js'
import { getSigningKey } from '../db/house-queries.js'
import type { DB } from '../db/tables.js'
import type { UploadView } from '../db/uploads-queries.js'

export interface IssuedTicket {
  readonly token: string
  readonly expireTime: Date
  /** Seconds. */
  readonly expiresIn: number
}

/** Leave to write one upload. */
export async function issueUploadTicket(
  db: Kysely<DB>,
  upload: UploadView,
  lifetimeMs: number,
): Promise<IssuedTicket> {
  const { version } = upload
  const { schemaDigest } = await db
    .selectFrom('uploads')
    .select('schemaDigest')
    .where('versionId', '=', version.versionId)
    .executeTakeFirstOrThrow()
  return issue(db, lifetimeMs, {
    volumeId: upload.volumeId as VolumeId,
    versionId: version.versionId as VersionId,
    operation: 'upload',
    upload: {
      imageId: version.imageId as ImageId,
      imageUid: version.imageUid as Uid,
      capture: version.capture,
      schemaDigest,
      beginTime: version.createdAt.toISOString(),
      ...(version.agent && { agent: version.agent }),
      ...(version.source && { source: version.source }),
    },
  })
}

/** Leave to read one version for one deployment. */
export function issueReadTicket(
  db: Kysely<DB>,
  pin: { readonly volumeId: string; readonly versionId: string; readonly deploymentId: string },
  lifetimeMs: number,
): Promise<IssuedTicket> {
  return issue(db, lifetimeMs, {
    volumeId: pin.volumeId as VolumeId,
    versionId: pin.versionId as VersionId,
    operation: 'read',
    deploymentId: pin.deploymentId as DeploymentId,
  })
}

async function issue(db: Kysely<DB>, lifetimeMs: number, claims: TicketClaims): Promise<IssuedTicket> {
  const { keyId, privateKey } = await getSigningKey(db)
  const now = await databaseNow(db)
  const expireTime = new Date(now.getTime() + lifetimeMs)
  const key = { keyId, privateKey: await importPrivateKey(privateKey) }
  const token = await signTicket(key, claims, now, expireTime)
  return { token, expireTime, expiresIn: Math.floor(lifetimeMs / 1000) }
}
