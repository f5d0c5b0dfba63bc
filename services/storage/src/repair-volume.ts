import { createLogger } from '@goldkeep/service'
import { takeVolume } from './store/disk/open-volume.js'
import type { RepairedJournal } from './store/disk/repair-journals.js'
import { nodeSyscalls, type Syscalls } from './store/disk/syscalls.js'

/**
 * Repairs the damaged journals of the volume in this directory, which no storage service may serve meanwhile.
 * @returns what was done, a line each
 * @throws VolumeHeldError, UnfitVolumeError
 */
export async function repairVolume(
  directory: string,
  signal: AbortSignal,
  syscalls: Syscalls = nodeSyscalls,
): Promise<string[]> {
  const volume = await takeVolume(directory, createLogger('storage', 'silent'), signal, syscalls)
  try {
    if (!volume.identity) throw new Error(`${directory}: expected a volume, found no volume.json in it`)
    const repaired = await volume.repairJournals()
    return repaired.length === 0
      ? ['no journal of this volume is damaged; nothing was changed']
      : repaired.map(describe)
  } finally {
    await volume.release()
  }
}

const describe = ({ path, keptAs, records }: RepairedJournal): string =>
  records === undefined
    ? `${path}: its first record is lost, so the upload cannot go on; all of it is kept in ${keptAs}`
    : `${path}: goes on with ${records} records; the damaged file is kept as ${keptAs}`
