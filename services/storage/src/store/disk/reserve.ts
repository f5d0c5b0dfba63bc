import type { Logger } from '@goldkeep/service'
import { volumeNames } from '@goldkeep/volume'
import { randomFillSync } from 'node:crypto'
import fs from 'node:fs'
import { withDirectory, type VolumeRoot } from './directories.js'
import { isErrno, type Syscalls } from './syscalls.js'
import { writeFully } from './full-transfers.js'
import { ignoreAbsent } from './whole-files.js'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants

/** What takes blocks of the volume. A sync is not among them: one that failed is never repeated. */
const taking = ['write', 'open', 'mkdir', 'rename', 'symlink'] as const satisfies readonly (keyof Syscalls)[]

/** Blocks that are given back when others have filled the volume to its last byte. */
export interface Reserve {
  /** The system calls, each of which is tried once more on a full volume after the reserve was given up. */
  readonly sys: Syscalls
  /** Says where the reserve is. */
  attach(root: VolumeRoot): void
  /** Fills the reserve if it is not there and takes no more than half of what is free. */
  fill(): Promise<void>
}

/** @param bytes its size; 0 keeps none */
export function keepReserve(sys: Syscalls, bytes: number, log: Logger): Reserve {
  let root: VolumeRoot | undefined
  let changing: Promise<boolean> | undefined
  /** One change at a time; whoever comes meanwhile gets the result of the one under way. */
  const change = (what: string, work: (at: VolumeRoot) => Promise<boolean>): Promise<boolean> => {
    const at = root
    if (at === undefined || bytes === 0) return Promise.resolve(false)
    changing ??= work({ ...at, sys })
      .catch((error: unknown) => {
        if (!isErrno(error, 'ENOENT'))
          log.warn({ err: error, volume: at.path }, `the reserve could not be ${what}`)
        return false
      })
      .finally(() => {
        changing = undefined
      })
    return changing
  }
  const giveUp = (): Promise<boolean> =>
    change('given up', async (at) => {
      await withDirectory(at, '', (directory) => sys.unlink(directory.at(volumeNames.reserve)))
      log.warn({ volume: at.path, bytes }, 'the volume is full: its reserve was given up; make room')
      return true
    })
  const patient = { ...sys }
  for (const name of taking) {
    const call = sys[name] as (...values: unknown[]) => Promise<unknown>
    const again = async (...values: unknown[]): Promise<unknown> => {
      try {
        return await call(...values)
      } catch (error) {
        if (!isErrno(error, 'ENOSPC', 'EDQUOT') || !(await giveUp())) throw error
        return call(...values)
      }
    }
    Object.assign(patient, { [name]: again })
  }
  return {
    sys: patient,
    attach: (at) => {
      root = at
    },
    fill: async () => {
      await change('filled', (at) => fillReserve(at, bytes))
    },
  }
}

const pieceBytes = 1024 * 1024

async function fillReserve(root: VolumeRoot, bytes: number): Promise<boolean> {
  const { sys } = root
  const { bsize, bavail } = await sys.statfs(`/proc/self/fd/${root.fd}`)
  return withDirectory(root, '', async (directory) => {
    const path = directory.at(volumeNames.reserve)
    const there = await sys.lstat(path).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    })
    if (there?.size === bytes) return true
    if (bsize * bavail < 2 * bytes) return false
    await sys.unlink(path).catch(ignoreAbsent)
    const fd = await sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      for (let at = 0; at < bytes; at += pieceBytes)
        // Random, since some file systems keep no blocks for zeros.
        await writeFully(sys, fd, randomFillSync(new Uint8Array(Math.min(pieceBytes, bytes - at))), at)
      await sys.fsync(fd)
    } finally {
      await sys.close(fd)
    }
    return true
  })
}
