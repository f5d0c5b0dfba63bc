import { volumeLayout } from '@goldkeep/volume'
import type { VolumeRoot } from './directories.js'
import { decodeFrames, encodeFrame, type DecodedJournal } from './journal-frames.js'
import { replaceFile } from './whole-files.js'

const path = volumeLayout('').commands

/** Makes the journal of commands of a new volume, with an empty frame in it. */
export function createCommandsFile(root: VolumeRoot): Promise<void> {
  return replaceFile(root, path, encodeFrame([], 0))
}

/** It has had a whole frame since the volume was founded: one without is lost, whatever became of its bytes. */
export function decodeCommands(bytes: Uint8Array): DecodedJournal {
  const decoded = decodeFrames(bytes)
  return decoded.frameCount > 0 ? decoded : { ...decoded, end: 'damaged' }
}
