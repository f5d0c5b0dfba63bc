import { randomBytes } from 'node:crypto'
import fs, { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { listDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { writeFully } from './full-transfers.js'
import { ignoreAbsent, readWhole, replaceFile } from './whole-files.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants
const leasePattern = /^\.lease-(\d{1,12})$/

/** Who owns the volume. */
export interface Holder {
  /** Counts the owners of a volume; the highest is the present one. */
  readonly epoch: number
  readonly host: string
  /** Tells one run of a kernel from another; containers on one kernel share it. */
  readonly bootId: string
  readonly pid: number
  readonly nonce: string
  /** RFC 3339. */
  readonly since: string
}

export interface Lease extends Holder {
  /** Milliseconds since 1970. */
  readonly heartbeat: number
}

export function newHolder(epoch: number): Holder {
  return {
    epoch,
    host: hostname(),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pid: process.pid,
    nonce: randomBytes(8).toString('hex'),
    since: new Date().toISOString(),
  }
}

export const describeHolder = ({ host, pid, since }: Holder): string =>
  `process ${pid} on ${host} since ${since}`

const leaseName = (epoch: number): string => `.lease-${epoch}`

const leaseBytes = (holder: Holder): Uint8Array =>
  Buffer.from(`${JSON.stringify({ format: 1, ...holder, heartbeat: Date.now() })}\n`)

/** @throws EEXIST when another made this epoch's lease */
export async function createLease(root: VolumeRoot, holder: Holder): Promise<void> {
  await withDirectory(root, '', async (directory) => {
    const path = directory.at(leaseName(holder.epoch))
    const fd = await root.sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
    try {
      await writeFully(root.sys, fd, leaseBytes(holder), 0)
      await root.sys.fsync(fd)
    } finally {
      await root.sys.close(fd)
    }
    await directory.sync()
  })
}

export function renewLease(root: VolumeRoot, holder: Holder): Promise<void> {
  return replaceFile(root, leaseName(holder.epoch), leaseBytes(holder))
}

export async function removeLease(root: VolumeRoot, epoch: number): Promise<void> {
  await withDirectory(root, '', (directory) => root.sys.unlink(directory.at(leaseName(epoch)))).catch(
    ignoreAbsent,
  )
}

/** By epoch, the present owner's last. One that cannot be read has just been created. */
export async function readLeases(root: VolumeRoot): Promise<Lease[]> {
  const epochs = (await listDirectory(root, '')).flatMap((name) => {
    const epoch = leasePattern.exec(name)?.[1]
    return epoch === undefined ? [] : [Number(epoch)]
  })
  const leases: Lease[] = []
  for (const epoch of epochs.sort((a, b) => a - b)) {
    const bytes = await readWhole(root, leaseName(epoch))
    if (bytes) leases.push(parseLease(bytes, epoch))
  }
  return leases
}

function parseLease(bytes: Uint8Array, epoch: number): Lease {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Lease
  } catch {
    return { ...newHolder(epoch), host: 'unknown', pid: 0, nonce: '', heartbeat: 0 }
  }
}
