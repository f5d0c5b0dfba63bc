import type { Logger } from '@goldkeep/service'
import { setTimeout as delay } from 'node:timers/promises'
import type { VolumeRoot } from './directories.js'
import { describeHolder, newHolder, readLeases, type Lease } from './lease.js'
import type { LeaseTimes } from './lease-times.js'
import { VolumeHeldError } from './volume-held.js'

/**
 * Waits until an owner on another kernel can be believed dead: its socket cannot be asked from here. Its
 * lease is watched rather than its time compared alone, since the clocks of two hosts differ.
 * @returns the last lease, whose owner is gone, if there is one
 * @throws VolumeHeldError when the owner renews its lease meanwhile
 */
export async function awaitOtherHost(
  root: VolumeRoot,
  log: Logger,
  times: LeaseTimes,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  const first = await newestLease(root)
  if (!first || first.bootId === newHolder(0).bootId) return first
  const silentMs = waitFor(first, times)
  const holder = describeHolder(first)
  log.warn({ holder, silentMs }, 'the volume was held from another host or before a restart of this one')
  const begun = performance.now()
  while (performance.now() - begun < silentMs) {
    await delay(Math.min(times.heartbeatMs / 2, silentMs), undefined, { signal })
    const now = await newestLease(root)
    if (!now) return undefined
    if (now.epoch !== first.epoch || now.nonce !== first.nonce || now.heartbeat !== first.heartbeat)
      throw new VolumeHeldError(root.path, `${describeHolder(now)}, which renewed its lease just now`)
  }
  return first
}

/** A lease that seems old by our clock is watched for two heartbeats, in case that clock is wrong. */
function waitFor({ heartbeat }: Lease, { heartbeatMs, takeoverAfterMs }: LeaseTimes): number {
  const left = heartbeat + takeoverAfterMs - Date.now()
  return Math.min(takeoverAfterMs, Math.max(2 * heartbeatMs, left))
}

async function newestLease(root: VolumeRoot): Promise<Lease | undefined> {
  return (await readLeases(root)).at(-1)
}
