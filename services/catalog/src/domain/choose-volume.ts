import { DomainError, listed } from '@goldkeep/domain'
import { listReporting } from './silent-volumes.js'
import { matchFiles, type ExpectedFile } from '@goldkeep/schema'

export interface VolumeRoom {
  readonly volumeId: string
  readonly address: string
  readonly freeBytes: number
  /** How long ago it last reported. */
  readonly silentMs: number
  readonly lastSeenAt: Date
}

/** Images are compressed; what is in use on the source takes roughly half as much in the store. */
const estimatedCompression = 0.5
const mebibyte = 1024 * 1024

/** What an upload will take: the sizes that are known, and an estimate for the rest. In bytes. */
export function estimateBytes(
  expected: readonly Pick<ExpectedFile, 'usedMiB' | 'pattern'>[],
  sizes: Readonly<Record<string, number>>,
): number {
  const known = Object.values(sizes).reduce((sum, size) => sum + size, 0)
  const matches = matchFiles(expected, Object.keys(sizes))
  const unknown = expected.filter((file) => matches.pathsOf(file).length === 0)
  const used = unknown.reduce((sum, file) => sum + (file.usedMiB ?? 0), 0)
  return known + Math.ceil(used * mebibyte * estimatedCompression)
}

/**
 * The volume with the most room among those that have reported lately.
 * @throws DomainError NO_VOLUME when there is none, UNAVAILABLE when none reports, NO_SPACE when even the
 * roomiest has too little
 */
export function chooseVolume<Volume extends VolumeRoom>(
  volumes: readonly Volume[],
  bytes: number,
  silenceMs: number,
): Volume {
  const answering = listReporting(volumes, silenceMs)
  const [roomiest] = answering.sort((a, b) => b.freeBytes - a.freeBytes)
  if (!roomiest && volumes.length > 0) throw noVolumeReports(volumes)
  if (!roomiest)
    throw new DomainError(
      'NO_VOLUME',
      'no volume is registered; start a storage service of this house, then try again',
    )
  if (roomiest.freeBytes < bytes)
    throw new DomainError(
      'NO_SPACE',
      `the upload needs about ${bytes} bytes; volume ${roomiest.volumeId} has ${roomiest.freeBytes} free`,
      { needed: String(bytes), free: String(roomiest.freeBytes), volume_id: roomiest.volumeId },
    )
  return roomiest
}

function noVolumeReports(volumes: readonly VolumeRoom[]): DomainError {
  const silent = volumes.map(({ volumeId, lastSeenAt }) => `${volumeId} since ${lastSeenAt.toISOString()}`)
  return new DomainError(
    'UNAVAILABLE',
    `expected a volume that reports, found none that has reported lately: ${listed(silent)}; ` +
      'start its storage service, then try again',
    { volume_id: listed(volumes.map(({ volumeId }) => volumeId)) },
  )
}
