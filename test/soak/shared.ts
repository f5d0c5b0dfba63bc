import type { ImageId, Uid, VersionId } from '@goldkeep/domain'
import { parseImageId, parseUid } from '@goldkeep/domain'
import type { Ledger } from '../../services/storage/test/support/ledger.js'
import type { Random } from '../../services/storage/test/support/random.js'
import type { RealStorage } from '../../services/storage/test/support/real-storage.js'
import { imageId, imageUid } from '../../services/storage/test/support/test-house.js'

export interface SoakCounts {
  kills: number
  /** Times that the process was held up. */
  stops: number
  /** Times that another owner took the volume while it was held up. */
  takeovers: number
  /** Bits that were flipped in the journal of commands. */
  flips: number
  /** Times that connections were cut or stalled. */
  cuts: number
  sealed: number
  aborted: number
  /** Times that the writing of a file went on after its connection broke. */
  resumed: number
  /** Files that were read whole, and parts of files. */
  reads: number
  commands: number
  /** Commands that came late, or twice. */
  repeats: number
  /** Versions that sha256sum looked at, once for each look. */
  versionsChecked: number
}

export const noCounts = (): SoakCounts => ({
  ...{ kills: 0, stops: 0, takeovers: 0, flips: 0, cuts: 0, sealed: 0, aborted: 0, resumed: 0 },
  ...{ reads: 0, commands: 0, repeats: 0, versionsChecked: 0 },
})

/** What those at work share. */
export interface Soak {
  readonly real: RealStorage
  readonly ledger: Ledger
  readonly random: Random
  readonly counts: SoakCounts
  /** The way to the storage service, on which connections are spoilt. */
  readonly address: string
  /** Aborts when it is time to come to an end. */
  readonly over: AbortSignal
  /** Aborts when a law is broken: then nothing is brought to its end. */
  readonly failed: AbortSignal
  /** Versions and images about which a command is under way: of each there is one at a time. */
  readonly claimed: Set<string>
  readonly orders: Orders
}

/** Gives out the places of commands, as the catalog does. */
export interface Orders {
  /** After the last one of the version. */
  next(versionId: VersionId): { readonly epoch: bigint; readonly opSeq: bigint }
  /** As after the restoration of an old database: a greater epoch, under which all counts begin anew. */
  beginEpoch(): void
  /** The same above what a volume has seen. */
  beginEpochAbove(seen: bigint): void
  readonly epoch: bigint
}

export function giveOrders(): Orders {
  const last = new Map<VersionId, bigint>()
  let epoch = 1n
  const begin = (seen: bigint): void => {
    epoch = seen + 1n
    last.clear()
  }
  return {
    get epoch() {
      return epoch
    },
    next: (versionId) => {
      const opSeq = (last.get(versionId) ?? 0n) + 1n
      last.set(versionId, opSeq)
      return { epoch, opSeq }
    },
    beginEpoch: () => begin(epoch),
    beginEpochAbove: begin,
  }
}

/** Uploads are of the first image; versions come to the other one by moves and clones. */
export const images: readonly { readonly imageId: ImageId; readonly imageUid: Uid }[] = [
  { imageId, imageUid },
  { imageId: parseImageId('win10-office'), imageUid: parseUid('uid-abcdefghij0123456789') },
]

export function pickFrom<T>(random: Random, all: readonly T[]): T | undefined {
  return all[Math.floor(random() * all.length)]
}
