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
 * Blocks that are given back when others have all but filled the disk of the database, which ends itself where it can
 * write no more of its log. They are taken again when there is room.
 */
export interface Reserve {
  /** What an administrator must know as of the last look; nothing when there is room. */
  shortage(): string | undefined
  stop(): Promise<void>
}

const lookMs = 1_000
const pieceBytes = 1024 * 1024

/** Looks once, so that a database that is started on a full disk has the reserve, and from then on every second. */
export async function keepReserve(options: ReserveOptions): Promise<Reserve> {
  const { directory, lowBytes, log } = options
  const life = new AbortController()
  let state = await look(options)
  const looking = (async () => {
    while (!life.signal.aborted) {
      await delay(lookMs, undefined, { ref: false, signal: life.signal }).catch(() => {})
      if (life.signal.aborted) return
      state = await look(options, life.signal).catch((err: unknown) => {
        log.warn({ err, directory }, 'the disk of the database could not be looked at')
        return state
      })
    }
  })()
  return {
    shortage: () => describeShortage(state, directory, lowBytes),
    stop: async () => {
      life.abort()
      await looking
    },
  }
}

interface Disk {
  readonly freeBytes: number
  /** Whether the reserve had to be given up, or found no room. */
  readonly isWithoutReserve: boolean
}

async function look({ directory, bytes, log }: ReserveOptions, signal?: AbortSignal): Promise<Disk> {
  const path = join(directory, 'reserve')
  const freeBytes = await freeOf(directory)
  const isThere = (await stat(path).catch(() => undefined))?.size === bytes
  if (bytes === 0) return { freeBytes, isWithoutReserve: false }
  if (isThere && freeBytes >= bytes / 2) return { freeBytes, isWithoutReserve: false }
  if (!isThere && freeBytes >= 2.5 * bytes) return fill(path, directory, bytes, signal)
  await rm(path, { force: true })
  if (isThere)
    log.warn({ directory, bytes }, 'the disk of the database is full: its reserve was given up; make room')
  return { freeBytes: await freeOf(directory), isWithoutReserve: true }
}

async function freeOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

async function fill(path: string, directory: string, bytes: number, signal?: AbortSignal): Promise<Disk> {
  try {
    const file = await open(path, 'w', 0o600)
    try {
      for (let left = bytes; left > 0 && !signal?.aborted; left -= pieceBytes)
        // Random, since some file systems keep no blocks for zeros.
        await file.appendFile(randomFillSync(new Uint8Array(Math.min(pieceBytes, left))))
      await file.datasync()
    } finally {
      await file.close()
    }
    return { freeBytes: await freeOf(directory), isWithoutReserve: false }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

function describeShortage(disk: Disk, directory: string, lowBytes: number): string | undefined {
  const { freeBytes, isWithoutReserve } = disk
  const left = `${freeBytes} bytes are left at ${directory}`
  if (isWithoutReserve)
    return `the disk of the database is full, and its reserve is in use: ${left}; make room`
  if (freeBytes < lowBytes)
    return `the disk of the database is nearly full: ${left}, fewer than GOLDKEEP_LOW_SPACE (${lowBytes}); make room`
  return undefined
}
