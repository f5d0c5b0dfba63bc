import fs from 'node:fs'
import { constants } from 'node:os'
import { promisify } from 'node:util'

/**
 * All that the disk engine asks of the operating system. Narrow, so that tests can record, refuse or end
 * the process at any one call. Errors are Node's, with their `code`.
 */
export interface Syscalls {
  open(path: string, flags: number, mode?: number): Promise<number>
  close(fd: number): Promise<void>
  /** @returns bytes read; 0 at the end of the file */
  read(fd: number, buffer: Uint8Array, position: number): Promise<number>
  /** @returns bytes written, which may be fewer than given */
  write(fd: number, buffer: Uint8Array, position: number): Promise<number>
  ftruncate(fd: number, size: number): Promise<void>
  fdatasync(fd: number): Promise<void>
  fsync(fd: number): Promise<void>
  fchmod(fd: number, mode: number): Promise<void>
  fstat(fd: number): Promise<fs.Stats>
  lstat(path: string): Promise<fs.Stats>
  mkdir(path: string, mode: number): Promise<void>
  rmdir(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Another name for a file; a link at `existing` is not followed. */
  link(existing: string, path: string): Promise<void>
  unlink(path: string): Promise<void>
  symlink(target: string, path: string): Promise<void>
  readlink(path: string): Promise<string>
  readdir(path: string): Promise<string[]>
  statfs(path: string): Promise<fs.StatsFs>
}

const read = promisify(fs.read)
const write = promisify(fs.write)
const mkdir = promisify(fs.mkdir)

/** The real ones. */
export const nodeSyscalls: Syscalls = {
  open: promisify(fs.open) as Syscalls['open'],
  close: promisify(fs.close),
  read: async (fd, buffer, position) => (await read(fd, buffer, 0, buffer.length, position)).bytesRead,
  write: async (fd, buffer, position) => (await write(fd, buffer, 0, buffer.length, position)).bytesWritten,
  ftruncate: promisify(fs.ftruncate) as Syscalls['ftruncate'],
  fdatasync: promisify(fs.fdatasync),
  fsync: promisify(fs.fsync),
  fchmod: promisify(fs.fchmod) as Syscalls['fchmod'],
  fstat: promisify(fs.fstat) as Syscalls['fstat'],
  lstat: promisify(fs.lstat) as Syscalls['lstat'],
  mkdir: async (path, mode) => {
    await mkdir(path, { mode })
  },
  rmdir: promisify(fs.rmdir) as Syscalls['rmdir'],
  rename: promisify(fs.rename),
  link: promisify(fs.link),
  unlink: promisify(fs.unlink),
  symlink: promisify(fs.symlink) as Syscalls['symlink'],
  readlink: promisify(fs.readlink) as Syscalls['readlink'],
  readdir: promisify(fs.readdir) as Syscalls['readdir'],
  statfs: promisify(fs.statfs) as Syscalls['statfs'],
}

/** Whether an error is the operating system's, with one of the codes if any are given. */
export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  // By its shape: an error of another realm is not an `instanceof Error` here.
  if (typeof error !== 'object' || error === null) return false
  if (!('code' in error) || typeof error.code !== 'string') return false
  return codes.length === 0 ? 'syscall' in error || 'errno' in error : codes.includes(errnoName(error.code))
}

const namesByNumber = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

/** The name of an error's code, also of those that libuv has no name for, such as EDQUOT and ESTALE. */
export function errnoName(code: string): string {
  const [, number] = /^Unknown system error -(\d+)$/.exec(code) ?? []
  return namesByNumber.get(Number(number)) ?? code
}
