import { DomainError } from '@goldkeep/domain'
import type { Logger } from '@goldkeep/service'
import { findMovedRoot, type VolumeRoot } from './directories.js'
import type { JournalWitness } from './journal-witness.js'
import { describeHolder, leaseEpochs, readLease, writeLease, type Holder } from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { elapsedMs, type ClockReading, type OwnerClock } from './owner-clock.js'

export interface LeaseKeeping {
  readonly root: VolumeRoot
  readonly holder: Holder
  readonly log: Logger
  readonly times: LeaseTimes
  readonly clock: OwnerClock
  readonly witness: JournalWitness
}

/** Renews the lease, and answers whether the volume is still this process's. See decisions/0007. */
export class LeaseKeeper {
  /** Rejects when the volume is no longer ours. */
  readonly lost: Promise<never>
  #reject: (error: Error) => void = () => {}
  #loss: DomainError | undefined
  /** Of the present or the last renewal; the lease was made with number 0. */
  #renewals = 0
  #renewing: Promise<void> | undefined
  #ticksSinceRenewalBegan = 0
  readonly #timer: NodeJS.Timeout

  constructor(
    private readonly keeping: LeaseKeeping,
    /** A reading of the clock from before the lease was last written. */
    private renewed: ClockReading,
  ) {
    this.lost = new Promise<never>((_, reject) => {
      this.#reject = reject
    })
    this.lost.catch(() => {})
    this.#timer = setInterval(() => this.#tick(), keeping.times.heartbeatMs)
    this.#timer.unref()
  }

  /** Whether `confirm` need not ask the disk. */
  isFresh(): boolean {
    return this.#loss === undefined && this.#silentMs() <= this.keeping.times.lostAfterMs
  }

  /** @throws DomainError SHUTTING_DOWN */
  async confirm(): Promise<void> {
    while (!this.isFresh()) {
      this.#requireMine()
      await this.#renewOnce()
    }
  }

  /** @throws DomainError SHUTTING_DOWN when there is a successor */
  async look(): Promise<void> {
    const { root, holder } = this.keeping
    this.#requireMine()
    const newest = (await leaseEpochs(root)).at(-1)
    if (newest === undefined || newest <= holder.epoch) return this.#requireMine()
    const successor = await readLease(root, newest)
    const who = describeHolder(successor ?? { holder: undefined })
    this.#giveUp(`the volume ${root.path} was taken over by ${who}`)
    this.#requireMine()
  }

  /** Marks the volume as free, if it is this process's to give. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#renewing
    if (!this.#loss) await this.#write({ released: true })
  }

  #tick(): void {
    if (this.#loss) return
    if (!this.#renewing) return void this.#renewOnce()
    // A file system that has gone away answers nothing at all, not even with an error. Ticks are counted, not
    // time: a process that was stopped in the middle of a renewal gets to end it.
    this.#ticksSinceRenewalBegan += 1
    const { heartbeatMs, lostAfterMs } = this.keeping.times
    if (this.#ticksSinceRenewalBegan * heartbeatMs > lostAfterMs) this.#giveUpWhenSilent()
  }

  #renewOnce(): Promise<void> {
    if (this.#renewing) return this.#renewing
    this.#ticksSinceRenewalBegan = 0
    this.#renewing = this.#renew()
      .catch((error: unknown) => {
        if (this.#loss) return
        this.keeping.log.error({ err: error }, 'the lease of the volume could not be renewed')
        this.#giveUpWhenSilent()
      })
      .finally(() => {
        this.#renewing = undefined
      })
    return this.#renewing
  }

  /** Looks first, so that a lost lease is not written again, and last, so that no successor is overlooked. */
  async #renew(): Promise<void> {
    const started = this.keeping.clock.read()
    await this.look()
    await this.#requireInPlace()
    await this.#write({})
    await this.look()
    // Not the time of the end: a successor counts from the change that it saw, which may be soon after the start.
    this.renewed = started
  }

  #write(state: { readonly released?: true }): Promise<void> {
    const { root, holder, witness } = this.keeping
    this.#renewals += 1
    return writeLease(root, holder, { renewals: this.#renewals, journal: witness.told, ...state })
  }

  /** What is acknowledged in a directory that nobody finds again would be lost. */
  async #requireInPlace(): Promise<void> {
    const { root } = this.keeping
    const found = await findMovedRoot(root)
    if (found === undefined) return
    this.#giveUp(
      `the volume ${root.path} was moved or unmounted while it was served: expected the directory that was opened ` +
        `at the start, found ${found}. What was acknowledged is in that directory; put it back, then start again`,
    )
    this.#requireMine()
  }

  #silentMs(): number {
    return elapsedMs(this.renewed, this.keeping.clock.read())
  }

  #giveUpWhenSilent(): void {
    const { root, times } = this.keeping
    if (this.#silentMs() > times.lostAfterMs)
      this.#giveUp(`the lease of ${root.path} could not be renewed for ${times.lostAfterMs / 1000} s`)
  }

  #giveUp(why: string): void {
    this.#loss ??= new DomainError('SHUTTING_DOWN', `storage is stopping: ${why}`)
    this.#reject(new Error(why))
  }

  #requireMine(): void {
    if (this.#loss) throw this.#loss
  }
}
