import type { Drive } from './schema.js'

/** A partition or a logical volume, as far as its size goes. */
export interface MeasuredVolume {
  readonly sizeSectors?: number
  readonly volumeMiB?: number
  readonly usedMiB?: number
}

/** What is told of sizes in sectors and MiB is rounded by the clients. */
const slackMiB = 2

export const inMiB = (sectors: number | undefined, sectorBytes: number): number | undefined =>
  // 0 is what a client writes that does not know.
  sectors ? (sectors * sectorBytes) / (1024 * 1024) : undefined

export const exceeds = (found: number | undefined, limit: number | undefined): boolean =>
  found !== undefined && limit !== undefined && limit > 0 && found > limit + slackMiB

/** The room that a volume has. */
export const roomMiB = (
  { sizeSectors, volumeMiB }: MeasuredVolume,
  { sectorBytes }: Drive,
): number | undefined => inMiB(sizeSectors, sectorBytes) ?? volumeMiB

/** What is in use; undefined where the schema does not say it, or says more than there is room for. */
export const credibleUsedMiB = (volume: MeasuredVolume, drive: Drive): number | undefined =>
  exceeds(volume.usedMiB, roomMiB(volume, drive)) ? undefined : volume.usedMiB
