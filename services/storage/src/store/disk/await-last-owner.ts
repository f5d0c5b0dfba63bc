import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'
import type { VolumeRoot } from './directories.js'
import { describeHolder, isSameLease, readLease, readNewestLease, type Lease } from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { type OwnerClock } from './owner-clock.js'
import { askOwner } from './owner-socket.js'
import { hasEnded, type ProcessIdentity } from './this-host.js'
import { VolumeHeldError } from './volume-held.js'

export interface Newcomer {
  readonly root: VolumeRoot
  readonly log: Logger
  readonly times: LeaseTimes
  readonly self: ProcessIdentity
  readonly clock: OwnerClock
  /** Whether an ownership of this process, which its lease names by the nonce, still goes on. */
  readonly isMine: (nonce: string) => boolean
}

/**
 * Waits until the last owner can act as one no more: it has released the volume, or its process has ended
 * for certain, or its lease has not changed for longer than it may go on without a renewal. Only the time
 * that passes here counts; the times in the lease are another clock's.
 * @returns the last lease, if there is one
 * @throws VolumeHeldError when the owner answers, or renews its lease meanwhile
 */
export async function awaitLastOwner(newcomer: Newcomer, signal: AbortSignal): Promise<Lease | undefined> {
  const { root, log, times, clock } = newcomer
  const last = await readNewestLease(root)
  if (!last) return undefined
  await refuseWhenItAnswers(newcomer, last)
  if (mayBeTakenAtOnce(newcomer, last)) return last
  const silentMs = watchMs(last, times)
  const holder = describeHolder(last)
  log.warn({ holder, silentMs }, 'the volume was held by a process that may live; its lease is watched')
  const begun = clock.read()
  // By the clock that has counted least: a suspended newcomer has watched nothing.
  while (Math.min(...clock.read().map((now, at) => now - (begun[at] ?? now))) < silentMs) {
    await delay(Math.min(times.heartbeatMs / 2, silentMs), undefined, { signal })
    await requireUnchanged(root, last)
  }
  return last
}

async function refuseWhenItAnswers({ root, self }: Newcomer, lease: Lease): Promise<void> {
  // On another kernel there is nobody to ask.
  if (lease.holder && lease.holder.bootId !== self.bootId) return
  const alive = await askOwner(root, lease.epoch)
  if (alive !== undefined) throw new VolumeHeldError(root.path, alive)
}

async function requireUnchanged(root: VolumeRoot, last: Lease): Promise<void> {
  const now = await readNewestLease(root)
  if (!isSameLease(now, last)) throw renewedJustNow(root, now)
}

/**
 * The second look, after the newcomer has made its own lease: the last owner may have renewed its lease, or
 * begun to answer, since the first.
 * @throws VolumeHeldError
 */
export async function requireStillSilent(newcomer: Newcomer, last: Lease): Promise<void> {
  const now = await readLease(newcomer.root, last.epoch)
  if (!isSameLease(now, last)) throw renewedJustNow(newcomer.root, now)
  await refuseWhenItAnswers(newcomer, last)
}

function renewedJustNow(root: VolumeRoot, lease: Lease | undefined): VolumeHeldError {
  const who = lease ? describeHolder(lease) : 'a process that is leaving it'
  return new VolumeHeldError(root.path, `${who}, which renewed its lease just now`)
}

function mayBeTakenAtOnce({ self, isMine }: Newcomer, { holder }: Lease): boolean {
  if (!holder) return false
  if (holder.released) return true
  const isThisProcess = holder.pid === self.pid && holder.startTime === self.startTime
  if (isThisProcess && holder.bootId === self.bootId && holder.pidNamespace === self.pidNamespace)
    return !isMine(holder.nonce)
  return hasEnded(holder, self)
}

/** Longer than the owner goes on without a renewal, as it says itself, and by a heartbeat at least. */
function watchMs({ holder }: Lease, { takeoverAfterMs }: LeaseTimes): number {
  const ownMs = (holder?.lostAfterMs ?? 0) + (holder?.heartbeatMs ?? 0)
  return Math.max(takeoverAfterMs, Number.isFinite(ownMs) ? ownMs : 0)
}
