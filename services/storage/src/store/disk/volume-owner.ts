import type { Logger } from '@goldkeep/service'
import { awaitLastOwner, requireStillSilent, type Newcomer } from './await-last-owner.js'
import type { VolumeRoot } from './directories.js'
import { JournalWitness } from './journal-witness.js'
import { LeaseKeeper } from './keep-lease.js'
import {
  createLease,
  leaseEpochs,
  newHolder,
  readWitnessed,
  removeLease,
  type Holder,
  type Lease,
} from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { systemClock, type OwnerClock } from './owner-clock.js'
import { answerAsOwner, removeOlderSockets } from './owner-socket.js'
import { isErrno } from './syscalls.js'
import { thisProcess, type ProcessIdentity } from './this-host.js'
import { UnfitVolumeError } from './unfit-volume.js'
import { VolumeHeldError } from './volume-held.js'

export interface Ownership {
  /** Rejects when the volume is no longer ours: nothing may be acknowledged any more. */
  readonly lost: Promise<never>
  /** Whether `confirm` need not ask the disk. */
  readonly isFresh: () => boolean
  /**
   * Resolves when all that this process has done until now was done as the owner.
   * @throws DomainError SHUTTING_DOWN
   */
  confirm(): Promise<void>
  /**
   * Looks for the lease of a successor.
   * @throws DomainError SHUTTING_DOWN
   */
  look(): Promise<void>
  /** What is known of the journal of commands outside of it. */
  readonly witness: JournalWitness
  release(): Promise<void>
}

/** What a test replaces. */
export interface OwnerSelf {
  readonly identity?: ProcessIdentity
  readonly clock?: OwnerClock
}

/** The ownerships of this process: it can tell of them what no other process can. */
const mine = new Set<string>()

/**
 * Makes this process the volume's only owner, or refuses.
 *
 * The owner writes its lease and then looks for another's; a newcomer writes its own and then looks whether
 * the last one has changed. So of two that meet at least one sees the other.
 */
export async function ownVolume(
  root: VolumeRoot,
  log: Logger,
  times: LeaseTimes,
  signal: AbortSignal,
  { identity = thisProcess(), clock = systemClock }: OwnerSelf = {},
): Promise<Ownership> {
  const newcomer: Newcomer = { root, log, times, self: identity, clock, isMine: (nonce) => mine.has(nonce) }
  const last = await awaitLastOwner(newcomer, signal)
  const holder = newHolder((last?.epoch ?? 0) + 1, identity, times)
  const witness = new JournalWitness(await readWitnessed(root))
  const begun = clock.read()
  // Exclusive: of two that start at once, one makes it.
  await createLease(root, holder, witness.told).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw new UnfitVolumeError(root.path, 'its lease cannot be written', error)
    throw new VolumeHeldError(root.path, 'another storage service that is starting now')
  })
  mine.add(holder.nonce)
  try {
    const socket = await takeFrom(newcomer, last, holder)
    const lease = new LeaseKeeper({ root, holder, log, times, clock, witness }, begun)
    return {
      lost: lease.lost,
      isFresh: () => lease.isFresh(),
      confirm: () => lease.confirm(),
      look: () => lease.look(),
      witness,
      release: async () => {
        try {
          await socket.close()
          await lease.end()
        } finally {
          mine.delete(holder.nonce)
        }
      },
    }
  } catch (error) {
    mine.delete(holder.nonce)
    throw error
  }
}

/** The second look, the socket, and the end of what the last owner has left. */
async function takeFrom(newcomer: Newcomer, last: Lease | undefined, holder: Holder) {
  const { root } = newcomer
  try {
    if (last) await requireStillSilent(newcomer, last)
  } catch (error) {
    await removeLease(root, holder.epoch)
    throw error
  }
  const socket = await answerAsOwner(root, holder)
  try {
    for (const epoch of await leaseEpochs(root)) if (epoch < holder.epoch) await removeLease(root, epoch)
    await removeOlderSockets(root, holder.epoch)
    return socket
  } catch (error) {
    // Who could not take the volume must not go on answering as its owner.
    await socket.close()
    throw error
  }
}
