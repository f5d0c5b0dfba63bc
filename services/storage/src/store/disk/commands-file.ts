import { volumeLayout } from '@goldkeep/volume'
import type { VolumeRoot } from './directories.js'
import { decodeFrames, encodeFrame, type DecodedJournal } from './journal-frames.js'
import { replaceFile } from './whole-files.js'

const path = volumeLayout('').commands

/** Makes the journal of commands of a new volume, with an empty frame in it. */
export function createCommandsFile(root: VolumeRoot): Promise<void> {
  return replaceFile(root, path, encodeFrame([], 0))
}

/**
 * Reads the journal of commands. One with fewer frames than it has had is damaged, however whole the others are.
 * @param witnessed how many it has at least. It has had one since the volume was founded
 */
export function decodeCommands(bytes: Uint8Array, witnessed: number): DecodedJournal {
  const decoded = decodeFrames(bytes)
  const expectedFrames = Math.max(1, witnessed)
  return decoded.frameCount >= expectedFrames ? decoded : { ...decoded, end: 'damaged', expectedFrames }
}
