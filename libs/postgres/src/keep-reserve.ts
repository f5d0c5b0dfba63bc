import { randomFillSync } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@goldkeep/service'

export interface ReserveOptions {
  /** On the disk of the database. */
  readonly directory: string
  /** Of the reserve; 0 keeps none. */
  readonly bytes: number
  /** Below so many bytes an administrator is told. */
  readonly lowBytes: number
  readonly log: Logger
}

/**
 * A file that keeps blocks of the database's disk. It is removed when others have nearly filled the disk, since
 * PostgreSQL ends when it cannot write its log, and made again when there is room.
 */
export interface Reserve {
  /** What an administrator must know as of the last look; nothing when there is room. */
  shortage(): string | undefined
  stop(): Promise<void>
}

const lookMs = 1_000
const pieceBytes = 1024 * 1024

/**
 * Keeps the reserve from now on. The first look is over when this resolves, so that a database that is started on a full
 * disk has the room of the reserve. A disk that cannot be looked at keeps no database from its work.
 */
export async function keepReserve(options: ReserveOptions): Promise<Reserve> {
  const { directory, log } = options
  const life = new AbortController()
  let disk: Disk | undefined
  const look = async (): Promise<void> => {
    try {
      disk = await lookAndKeep(options, life.signal)
    } catch (err) {
      log.warn({ err, directory }, 'the disk of the database could not be looked at')
    }
  }
  await look()
  const looking = repeatUntil(life.signal, look)
  return {
    shortage: () => disk && describeShortage(disk, options),
    stop: async () => {
      life.abort()
      await looking
    },
  }
}

async function repeatUntil(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  for (;;) {
    await delay(lookMs, undefined, { ref: false, signal }).catch(() => {})
    if (signal.aborted) return
    await look()
  }
}

interface Disk {
  readonly freeBytes: number
  readonly hasReserve: boolean
}

/** The reserve is given back when less than half as much is free, and taken when it leaves more than that free. */
async function lookAndKeep({ directory, bytes, log }: ReserveOptions, signal: AbortSignal): Promise<Disk> {
  const path = join(directory, 'reserve')
  const freeBytes = await freeOf(directory)
  if (bytes === 0) return { freeBytes, hasReserve: true }
  const hadReserve = (await stat(path).catch(() => undefined))?.size === bytes
  if (hadReserve && freeBytes >= bytes / 2) return { freeBytes, hasReserve: true }
  const hasReserve = !hadReserve && freeBytes >= 2.5 * bytes
  if (hasReserve) await fill(path, bytes, signal)
  else await rm(path, { force: true })
  if (hadReserve)
    log.warn({ directory, bytes }, 'the disk of the database is full: its reserve was given back; make room')
  return { freeBytes: await freeOf(directory), hasReserve }
}

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

async function fill(path: string, bytes: number, signal: AbortSignal): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600)
    try {
      for (let left = bytes; left > 0 && !signal.aborted; left -= pieceBytes)
        // Random, since some file systems keep no blocks for zeros.
        await file.appendFile(randomFillSync(new Uint8Array(Math.min(pieceBytes, left))))
      await file.datasync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

function describeShortage(disk: Disk, { directory, bytes, lowBytes }: ReserveOptions): string | undefined {
  const { freeBytes, hasReserve } = disk
  const left = `${freeBytes} bytes are left at ${directory}`
  if (!hasReserve && freeBytes < 1.5 * bytes)
    return `the disk of the database is full, and its reserve is in use: ${left}; make room`
  if (!hasReserve)
    return `the disk of the database has no room for a reserve of ${bytes} bytes: ${left}; make room`
  if (freeBytes < lowBytes)
    return `the disk of the database is nearly full: ${left}, fewer than GOLDKEEP_LOW_SPACE (${lowBytes}); make room`
  return undefined
}
