import { checksumFault, withChecksum } from '@goldkeep/volume'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { listDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { writeFully } from './full-transfers.js'
import type { WitnessedFrames } from './journal-witness.js'
import type { LeaseTimes } from './lease-times.js'
import type { ProcessIdentity } from './this-host.js'
import { ignoreAbsent, readWhole, replaceFile } from './whole-files.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants
const leasePattern = /^\.lease-(\d{1,12})$/

/** Who owns the volume, or owned it last. */
export interface Holder extends ProcessIdentity {
  /** Counts the owners of a volume, each has its own; the highest is the present one. */
  readonly epoch: number
  readonly nonce: string
  /** RFC 3339. */
  readonly since: string
  /** How often it renews its lease, and after how long without a renewal it gives up: milliseconds. */
  readonly heartbeatMs: number
  readonly lostAfterMs: number
}

export interface LeaseState {
  /** Counts them, so that no two write the same bytes. */
  readonly renewals: number
  /** `undefined` until the journal has been opened once. */
  readonly journal?: WitnessedFrames | undefined
  /** The owner has stopped in order: the volume is free. The lease stays, so that no epoch is given twice. */
  readonly released?: true
}

export interface Lease {
  readonly epoch: number
  /** Any change of them is a sign of life. */
  readonly bytes: Uint8Array
  /** `undefined` when the bytes say nothing: it was just created, or is damaged. */
  readonly holder: (Holder & LeaseState) | undefined
}

export function newHolder(
  epoch: number,
  self: ProcessIdentity,
  { heartbeatMs, lostAfterMs }: LeaseTimes,
): Holder {
  const nonce = randomBytes(8).toString('hex')
  return { epoch, ...self, nonce, since: new Date().toISOString(), heartbeatMs, lostAfterMs }
}

export const describeHolder = ({ holder }: Pick<Lease, 'holder'>): string =>
  holder
    ? `process ${holder.pid} on ${holder.host} since ${holder.since}`
    : 'a process whose lease cannot be read'

const leaseName = (epoch: number): string => `.lease-${epoch}`

/** Every lease has this length, so that a renewal needs no room on a volume that others have filled. */
const leaseLength = 2_048

function leaseBytes(holder: Holder, state: LeaseState): Uint8Array {
  const text = JSON.stringify(withChecksum({ format: 1, ...holder, ...state, heartbeat: Date.now() }))
  return Buffer.from(`${text.padEnd(leaseLength - 1)}\n`)
}

/** @throws EEXIST when another made this epoch's lease */
export async function createLease(
  root: VolumeRoot,
  holder: Holder,
  journal: WitnessedFrames | undefined,
): Promise<void> {
  await withDirectory(root, '', async (directory) => {
    const path = directory.at(leaseName(holder.epoch))
    const fd = await root.sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
    try {
      await writeFully(root.sys, fd, leaseBytes(holder, { renewals: 0, journal }), 0)
      await root.sys.fsync(fd)
      await directory.sync()
    } catch (error) {
      // Else the next start would take it for that of an owner.
      await removeLease(root, holder.epoch).catch(() => {})
      throw error
    } finally {
      await root.sys.close(fd)
    }
  })
}

/**
 * Renews the lease in its place. A reader that meets it half written sees a change, which is a sign of life; a
 * writer that a successor has overtaken writes into a file that has no name any more.
 */
export async function writeLease(root: VolumeRoot, holder: Holder, state: LeaseState): Promise<void> {
  const bytes = leaseBytes(holder, state)
  const fd = await withDirectory(root, '', (directory) =>
    root.sys.open(directory.at(leaseName(holder.epoch)), O_WRONLY | O_NOFOLLOW),
  ).catch((error: unknown) => {
    ignoreAbsent(error)
    return undefined
  })
  // Somebody has removed it.
  if (fd === undefined) return replaceFile(root, leaseName(holder.epoch), bytes)
  try {
    await writeFully(root.sys, fd, bytes, 0)
    await root.sys.fdatasync(fd)
  } finally {
    await root.sys.close(fd)
  }
}

export async function removeLease(root: VolumeRoot, epoch: number): Promise<void> {
  await withDirectory(root, '', (directory) => root.sys.unlink(directory.at(leaseName(epoch)))).catch(
    ignoreAbsent,
  )
}

/** The epochs of the leases that are there, the present owner's last. */
export async function leaseEpochs(root: VolumeRoot): Promise<number[]> {
  const epochs = (await listDirectory(root, '')).flatMap((name) => {
    const epoch = leasePattern.exec(name)?.[1]
    return epoch === undefined ? [] : [Number(epoch)]
  })
  return epochs.sort((a, b) => a - b)
}

/** The present owner's lease, or the last owner's. */
export async function readNewestLease(root: VolumeRoot): Promise<Lease | undefined> {
  const epoch = (await leaseEpochs(root)).at(-1)
  if (epoch === undefined) return undefined
  // Removed since it was listed, which only its successor does.
  return (await readLease(root, epoch)) ?? readNewestLease(root)
}

export async function readLease(root: VolumeRoot, epoch: number): Promise<Lease | undefined> {
  const bytes = await readWhole(root, leaseName(epoch))
  return bytes && { epoch, bytes, holder: parseLease(bytes, epoch) }
}

/** What the newest lease that can be read says of the journal: a newcomer that was killed may have left none. */
export async function readWitnessed(root: VolumeRoot): Promise<WitnessedFrames | undefined> {
  for (const epoch of (await leaseEpochs(root)).reverse()) {
    const journal = (await readLease(root, epoch))?.holder?.journal
    if (journal && Number.isSafeInteger(journal.frames)) return journal
  }
  return undefined
}

export const isSameLease = (one: Lease | undefined, other: Lease | undefined): boolean =>
  one?.epoch === other?.epoch && Buffer.compare(one?.bytes ?? Buffer.of(), other?.bytes ?? Buffer.of()) === 0

function parseLease(bytes: Uint8Array, epoch: number): Lease['holder'] {
  try {
    const lease = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Holder & LeaseState>
    const isWhole =
      lease.epoch === epoch &&
      typeof lease.nonce === 'string' &&
      typeof lease.bootId === 'string' &&
      !checksumFault(lease)
    return isWhole ? (lease as Holder & LeaseState) : undefined
  } catch {
    return undefined
  }
}
