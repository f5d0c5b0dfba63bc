import { DomainError } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { findMovedRoot, type VolumeRoot } from './directories.js'
import { describeHolder, leaseEpochs, readLease, writeLease, type Holder } from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { elapsedMs, type ClockReading, type OwnerClock } from './owner-clock.js'

export interface LeaseKeeping {
  readonly root: VolumeRoot
  readonly holder: Holder
  readonly log: Logger
  readonly times: LeaseTimes
  readonly clock: OwnerClock
}

export type KeptLease = ReturnType<typeof keepLease>

/**
 * Renews the lease, and answers whether the volume is still this process's. See Ownership.
 * @param begun before the lease was written first
 */
export function keepLease({ root, holder, log, times, clock }: LeaseKeeping, begun: ClockReading) {
  let renewed = begun
  let beats = 0
  let beating: Promise<void> | undefined
  let ticksInBeat = 0
  let loss: DomainError | undefined
  let lose: (error: Error) => void = () => {}
  const lost = new Promise<never>((_, reject) => {
    lose = reject
  })
  lost.catch(() => {})

  const giveUp = (why: string): void => {
    loss ??= new DomainError('SHUTTING_DOWN', `storage is stopping: ${why}`)
    lose(new Error(why))
  }
  const silentFor = (): number => elapsedMs(renewed, clock.read())
  const giveUpAfterAWhile = (): void => {
    if (silentFor() > times.lostAfterMs)
      giveUp(`the lease of ${root.path} could not be renewed for ${times.lostAfterMs / 1000} s`)
  }
  const requireMine = (): void => {
    if (loss) throw loss
  }
  const look = async (): Promise<void> => {
    requireMine()
    const newest = (await leaseEpochs(root)).at(-1)
    if (newest === undefined || newest <= holder.epoch) return requireMine()
    const successor = await readLease(root, newest)
    giveUp(`the volume ${root.path} was taken over by ${describeHolder(successor ?? { holder: undefined })}`)
    requireMine()
  }
  /** What is acknowledged in a directory that nobody finds again would be lost. */
  const requireInPlace = async (): Promise<void> => {
    const found = await findMovedRoot(root)
    if (found === undefined) return
    giveUp(
      `the volume ${root.path} was moved or unmounted while it was served: expected the directory that was opened ` +
        `at the start, found ${found}. What was acknowledged is in that directory; put it back, then start again`,
    )
    requireMine()
  }
  /** Looks first, so that a lost lease is not written again, and last, so that no successor is overlooked. */
  const renew = async (): Promise<void> => {
    const started = clock.read()
    await look()
    await requireInPlace()
    await writeLease(root, holder, { beat: (beats += 1) })
    await look()
    // A successor has watched the lease for longer than this, and has seen it change after `started`.
    renewed = started
  }
  const beat = (): Promise<void> => {
    if (beating) return beating
    ticksInBeat = 0
    beating = renew()
      .catch((error: unknown) => {
        if (loss) return
        log.error({ err: error }, 'the lease of the volume could not be renewed')
        giveUpAfterAWhile()
      })
      .finally(() => {
        beating = undefined
      })
    return beating
  }
  const tick = (): void => {
    if (loss) return
    if (!beating) return void beat()
    // A file system that has gone away answers nothing at all, not even with an error. Ticks are counted, not
    // time: a process that was stopped in the middle of a renewal gets to end it.
    ticksInBeat += 1
    if (ticksInBeat * times.heartbeatMs > times.lostAfterMs) giveUpAfterAWhile()
  }
  const timer = setInterval(tick, times.heartbeatMs)
  timer.unref()
  const isFresh = (): boolean => loss === undefined && silentFor() <= times.lostAfterMs
  return {
    lost,
    isFresh,
    look,
    async confirm(): Promise<void> {
      while (!isFresh()) {
        requireMine()
        await beat()
      }
    },
    /** Marks the volume as free, if it is this process's to give. */
    async end(): Promise<void> {
      clearInterval(timer)
      await beating
      if (!loss) await writeLease(root, holder, { beat: beats + 1, released: true })
    },
  }
}
