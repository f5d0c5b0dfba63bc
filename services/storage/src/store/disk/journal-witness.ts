import type { VolumeId } from '@goldkeep/domain'

/** How many frames of a volume's journal of commands are on stable storage, at least; without an empty last one. */
export interface WitnessedFrames {
  readonly volume: VolumeId
  readonly frames: number
}

/**
 * Remembers, outside of the journal of commands, how long that journal is: frames that are lost at its end leave
 * nothing in the journal itself that tells of them. The lease carries it, which is written every few seconds. So
 * it may say too few frames, never too many; and the journal of one volume must never have fewer frames than
 * before.
 */
export class JournalWitness {
  #told: WitnessedFrames | undefined

  /** @param told what the last owner's lease says */
  constructor(told: WitnessedFrames | undefined) {
    this.#told = told
  }

  /** What the next lease says. */
  get told(): WitnessedFrames | undefined {
    return this.#told
  }

  /** The frames that this volume's journal has at least. A lease may be that of a volume that was here before. */
  framesOf(volume: VolumeId): number {
    return this.#told?.volume === volume ? this.#told.frames : 0
  }

  /** @param frames that are on stable storage by now */
  note(volume: VolumeId, frames: number): void {
    this.#told = { volume, frames }
  }
}
