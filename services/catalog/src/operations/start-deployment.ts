import { DomainError, newDeploymentId, schemaPath } from '@goldkeep/domain'
import { parseManifest } from '@goldkeep/volume'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { isIdentified, machineKeys, type MachineIdentity } from '../domain/machine-identity.js'
import { listReporting } from '../domain/silent-volumes.js'
import type { Times } from '../domain/times.js'
import { inMilliseconds } from '../db/clock.js'
import { imageNotFound } from '../db/images-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, ImageRow } from '../db/tables.js'
import { getVersionBytes, type VersionView } from '../db/versions-queries.js'
import { listHeardVolumes } from '../db/volumes-queries.js'
import { takePrimary } from './take-primary.js'
import { supersedeDeployment } from './supersede-deployment.js'

export type DeploymentTarget =
  | { readonly kind: 'machine'; readonly machine: MachineIdentity }
  | { readonly kind: 'multicast'; readonly sessionId: string }

export interface DeploymentOrder {
  readonly imageId: string
  readonly target: DeploymentTarget
  readonly profileId: string
  readonly labels: Readonly<Record<string, string>>
  /** Also where the primary is damaged; wants a reason. */
  readonly force: boolean
  readonly reason: string
}

export interface StartedDeployment {
  readonly deploymentId: string
  readonly supersededDeploymentId: string | undefined
}

/**
 * Pins the primary for one machine or session. An open deployment of the same machine ends as superseded.
 * @throws DomainError IMAGE_NOT_FOUND, IMAGE_DISABLED, NO_PRIMARY, PRIMARY_MISSING, INVALID_FIELD, AMBIGUOUS_MACHINE,
 * and without force PRIMARY_DAMAGED
 */
export async function startDeployment(
  trx: Transaction<DB>,
  order: DeploymentOrder,
  actor: Actor,
  times: Times,
): Promise<StartedDeployment> {
  assertTarget(order.target)
  const image = await lockImageForPin(trx, order.imageId)
  const version = await takePrimary(trx, image, order)
  const superseded =
    order.target.kind === 'machine' ? await supersedeDeployment(trx, order.target.machine) : undefined
  const deploymentId = newDeploymentId()
  const volumeId = await chooseLocation(trx, version.locations, times.volumeSilenceMs)
  await trx
    .insertInto('deployments')
    .values({
      deploymentId,
      imageUid: image.uid,
      versionId: version.versionId,
      ...targetColumns(order.target),
      profileId: order.profileId || null,
      labels: JSON.stringify(order.labels),
      orders: JSON.stringify({
        profile: '',
        sharePath: `images/${image.imageId}/versions/${version.versionId}`,
        volumeId,
      }),
      bytesTotal: await bytesToRead(trx, version),
      startedBy: JSON.stringify(actor),
      leaseUntil: inMilliseconds(times.deploymentLeaseMs),
      limitAt: inMilliseconds(times.deploymentLimitMs),
    })
    .execute()
  const { versionId } = version
  await recordAct(trx, {
    actor,
    action: 'start-deployment',
    imageUid: image.uid,
    versionId,
    reason: order.reason,
    details: { deploymentId, forced: order.force },
  })
  return { deploymentId, supersededDeploymentId: superseded }
}

/** Bytes of the version's files without the schema, which comes with the orders. */
async function bytesToRead(trx: Transaction<DB>, { versionId, sizeBytes }: VersionView): Promise<number> {
  const { manifest } = await getVersionBytes(trx, versionId)
  const files = manifest ? parseManifest(manifest).files : []
  return sizeBytes - (files.find(({ path }) => path === schemaPath)?.size ?? 0)
}

/** Of the volumes that hold the bytes, one that reports; whole bytes before damaged ones. */
async function chooseLocation(
  trx: Transaction<DB>,
  locations: VersionView['locations'],
  silenceMs: number,
): Promise<string> {
  const holding = locations.filter((location) => location.presence !== 'MISSING')
  if (holding.length < 2) return holding[0]?.volumeId ?? ''
  const reports = new Set(listReporting(await listHeardVolumes(trx), silenceMs).map((one) => one.volumeId))
  const cost = ({ volumeId, presence }: (typeof holding)[number]) =>
    (reports.has(volumeId) ? 0 : 2) + (presence === 'PRESENT' ? 0 : 1)
  return [...holding].sort((a, b) => cost(a) - cost(b))[0]?.volumeId ?? ''
}

function assertTarget(target: DeploymentTarget): void {
  if (target.kind === 'multicast') {
    if (target.sessionId !== '') return
    throw new DomainError('INVALID_FIELD', 'multicast.session_id: expected an id, found none', {
      field: 'multicast.session_id',
    })
  }
  if (!isIdentified(machineKeys(target.machine)))
    throw new DomainError(
      'INVALID_FIELD',
      'machine: expected a UUID, a serial or a MAC address that is no placeholder, found none',
      { field: 'machine' },
    )
}

/**
 * Shared lock: many machines start at once, but no promotion comes between looking at the primary and
 * pinning it.
 */
async function lockImageForPin(trx: Transaction<DB>, imageId: string): Promise<ImageRow> {
  const image = await trx
    .selectFrom('images')
    .selectAll()
    .where((where) => where(where.fn('lower', ['imageId']), '=', imageId.toLowerCase()))
    .where('deletedAt', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (!image) throw imageNotFound(imageId)
  if (!image.enabled)
    throw new DomainError('IMAGE_DISABLED', `image ${image.imageId} is disabled; enable it to deploy it`, {
      image_id: image.imageId,
    })
  return image
}

function targetColumns(target: DeploymentTarget) {
  if (target.kind === 'multicast') return { targetKind: target.kind, sessionId: target.sessionId }
  const keys = machineKeys(target.machine)
  return {
    targetKind: target.kind,
    machine: JSON.stringify(target.machine),
    machineUuid: keys.uuid ?? null,
    machineSerial: keys.serial ?? null,
    machineMacs: [...keys.macs],
  }
}
