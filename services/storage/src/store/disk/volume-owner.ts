import type { Logger } from '@goldkeep/service'
import { awaitOtherHost } from './await-other-host.js'
import type { VolumeRoot } from './directories.js'
import { isErrno } from './syscalls.js'
import { UnfitVolumeError } from './unfit-volume.js'
import { askOwner, answerAsOwner } from './owner-socket.js'
import {
  createLease,
  describeHolder,
  newHolder,
  readLeases,
  removeLease,
  renewLease,
  type Holder,
} from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { VolumeHeldError } from './volume-held.js'

export interface Ownership {
  /** Rejects when the volume is no longer ours: nothing may be acknowledged any more. */
  readonly lost: Promise<never>
  release(): Promise<void>
}

/**
 * Makes this process the volume's only owner, or refuses. On one kernel the socket tells whether an owner
 * lives; an owner on another is believed dead after a time without a heartbeat.
 */
export async function ownVolume(
  root: VolumeRoot,
  log: Logger,
  times: LeaseTimes,
  signal: AbortSignal,
): Promise<Ownership> {
  await refuseWhenAlive(root)
  const last = await awaitOtherHost(root, log, times, signal)
  const holder = newHolder((last?.epoch ?? 0) + 1)
  // Exclusive: of two that start at once, one makes it.
  await createLease(root, holder).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw new UnfitVolumeError(root.path, 'its lease cannot be written', error)
    throw new VolumeHeldError(root.path, 'another storage service that is starting now')
  })
  // The other one may have begun to listen between our first look and our lease.
  await refuseWhenAlive(root).catch(async (error: unknown) => {
    await removeLease(root, holder.epoch)
    throw error
  })
  const socket = await answerAsOwner(root, holder)
  await removeOlderLeases(root, holder).catch(async (error: unknown) => {
    // Who could not take the volume must not go on answering as its owner.
    await socket.close()
    throw error
  })
  const beat = keepLease(root, holder, log, times)
  return {
    lost: beat.lost,
    release: async () => {
      beat.stop()
      await socket.close()
      await removeLease(root, holder.epoch)
    },
  }
}

/** @throws VolumeHeldError when a newer lease is there */
async function removeOlderLeases(root: VolumeRoot, { epoch }: Holder): Promise<void> {
  const leases = await readLeases(root)
  const newest = leases.at(-1)
  if (newest && newest.epoch > epoch) throw new VolumeHeldError(root.path, describeHolder(newest))
  for (const lease of leases) if (lease.epoch < epoch) await removeLease(root, lease.epoch)
}

async function refuseWhenAlive(root: VolumeRoot): Promise<void> {
  const alive = await askOwner(root)
  if (alive !== undefined) throw new VolumeHeldError(root.path, alive)
}

function keepLease(
  root: VolumeRoot,
  holder: Holder,
  log: Logger,
  { heartbeatMs, lostAfterMs }: LeaseTimes,
): { lost: Promise<never>; stop: () => void } {
  // Not the clock of the day, which is set now and then.
  let renewed = performance.now()
  let beating = false
  let lose: (error: Error) => void = () => {}
  const lost = new Promise<never>((_, reject) => {
    lose = reject
  })
  lost.catch(() => {})
  const loseAfterAWhile = (): void => {
    if (performance.now() - renewed > lostAfterMs)
      lose(new Error(`the lease of ${root.path} could not be renewed for ${lostAfterMs / 1000} s`))
  }
  const beat = async (): Promise<void> => {
    // A file system that has gone away answers nothing at all, not even with an error.
    if (beating) return loseAfterAWhile()
    beating = true
    try {
      const newest = (await readLeases(root)).at(-1)
      if (newest && newest.epoch > holder.epoch)
        return lose(new Error(`the volume ${root.path} was taken over by ${describeHolder(newest)}`))
      await renewLease(root, holder)
      renewed = performance.now()
    } catch (error) {
      log.error({ err: error }, 'the lease of the volume could not be renewed')
      loseAfterAWhile()
    } finally {
      beating = false
    }
  }
  const timer = setInterval(() => void beat(), heartbeatMs)
  timer.unref()
  return { lost, stop: () => clearInterval(timer) }
}
