import type { catalog } from '@goldkeep/contracts'
import { listed } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import { countNotPresent, type NotPresent } from '../db/looks-queries.js'
import type { DB, VolumeRow } from '../db/tables.js'
import { listAllVolumes, type HeardVolume } from '../db/volumes-queries.js'
import { describeClock } from '../domain/clocks.js'
import { describeSilence, volumesAtAddressOf } from '../domain/silent-volumes.js'

interface ForeignImage {
  readonly volumeId: string
  readonly imageId: string
  readonly imageUid: string
}

interface KnownOfVolumes {
  readonly volumes: readonly HeardVolume[]
  readonly foreign: readonly ForeignImage[]
  readonly notPresent: readonly NotPresent[]
}

/** All that is known of the volumes, the retired ones too. */
export async function readVolumes(db: Kysely<DB>): Promise<KnownOfVolumes> {
  return {
    volumes: await listAllVolumes(db),
    foreign: await db.selectFrom('foreignImages').selectAll().orderBy('imageId').execute(),
    notPresent: await countNotPresent(db),
  }
}

export function encodeVolume(
  volume: HeardVolume,
  known: KnownOfVolumes,
  houseId: string,
  silenceMs: number,
): catalog.Volume {
  const served = known.volumes.filter(({ retiredAt }) => retiredAt === null)
  const silence = volume.retiredAt ? undefined : describeSilence(volume, served, silenceMs)
  const lost = known.notPresent.filter(({ volumeId }) => volumeId === volume.volumeId)
  const troubles = volume.retiredAt
    ? returnOf(volume)
    : [
        ...listOf(silence),
        ...listOf(describeClock('its storage service', volume.clockAheadMs)),
        ...sharedAddressOf(volume, served),
        ...listOf(uncallable(volume)),
        ...lost.map(describeLost),
        ...volume.troubles,
        ...rivalOf(volume),
        ...foreignOf(volume, known.foreign),
      ]
  return {
    volumeId: volume.volumeId,
    address: volume.address,
    houseId,
    capacityBytes: BigInt(volume.capacityBytes),
    freeBytes: BigInt(volume.freeBytes),
    lastSeenTime: volume.lastSeenAt,
    clockAhead: BigInt(Math.round((volume.clockAheadMs ?? 0) / 1000)),
    troubles: firstOf(troubles),
    silent: silence !== undefined,
    retired: retirementOf(volume),
    lostCount: lost.reduce((sum, { count }) => sum + count, 0),
  }
}

const listOf = (sentence: string | undefined): string[] => (sentence === undefined ? [] : [sentence])

/** Bytes of the sentences of one volume that are told: people read no more, and many volumes fit into one message. */
const toldBytes = 64 * 1024

export function firstOf(sentences: readonly string[]): string[] {
  let bytes = 0
  const told: string[] = []
  for (const sentence of sentences) {
    bytes += Buffer.byteLength(sentence)
    if (bytes > toldBytes) break
    told.push(sentence)
  }
  const left = sentences.length - told.length
  return left === 0 ? told : [...told, `and ${left} more`]
}

function retirementOf({ retiredAt, retiredReason, retiredBy }: VolumeRow): catalog.RetiredVolume | undefined {
  if (!retiredAt) return undefined
  const { kind = '', name = '', tokenId = '' } = retiredBy ?? {}
  return { time: retiredAt, reason: retiredReason, actor: { kind, name, tokenId } }
}

function returnOf({ retiredAt, returnedAt }: VolumeRow): string[] {
  if (!retiredAt || !returnedAt) return []
  return [
    `it was retired at ${retiredAt.toISOString()}, and its storage service wanted to serve it at ` +
      `${returnedAt.toISOString()} and was refused; take the volume back, or stop that service`,
  ]
}

function describeLost({ presence, count, first }: NotPresent): string {
  const more = count > first.length ? ` and ${count - first.length} more` : ''
  return `${count} of its sealed versions ${count === 1 ? 'is' : 'are'} ${presence}: ${first.join(', ')}${more}`
}

function sharedAddressOf(volume: VolumeRow, all: readonly VolumeRow[]): string[] {
  const others = volumesAtAddressOf(volume, all).map(({ volumeId }) => volumeId)
  if (others.length === 0) return []
  return [
    `expected one volume at the address ${volume.address}, found also ${listed(others)}; ` +
      'put back the directory of the one that is gone, or give each storage service an address of its own',
  ]
}

/** What a storage service that listens everywhere tells, unless it is told what others call it. */
function uncallable({ address }: VolumeRow): string | undefined {
  if (!/^(0\.0\.0\.0|\[::\]):/.test(address)) return undefined
  return (
    `its storage service tells ${address} as its address, which other machines cannot call; ` +
    'set GOLDKEEP_STORAGE_ADVERTISE to the host:port by which they reach it'
  )
}

function foreignOf({ volumeId }: VolumeRow, images: readonly ForeignImage[]): string[] {
  return images
    .filter((image) => image.volumeId === volumeId)
    .map(
      ({ imageId, imageUid }) =>
        `it has an image ${imageId} (${imageUid}) that the catalog does not know, since its database was put back ` +
        'from an older copy; all of it is kept',
    )
}

function rivalOf({ address, rivalAddress, rivalSeenAt }: VolumeRow): string[] {
  if (rivalAddress === null || rivalSeenAt === null) return []
  return [
    `a second storage service, at ${rivalAddress}, wanted to serve a volume with this id at ` +
      `${rivalSeenAt.toISOString()} and was refused, since the one at ${address} does; one of their directories is a copy`,
  ]
}
