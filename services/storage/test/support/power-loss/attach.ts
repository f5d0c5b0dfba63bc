import { closeSync } from 'node:fs'
import type { Syscalls } from '../../../src/store/disk/syscalls.js'
import type { Medium } from './medium.js'
import { newDirectory, newFile, type DirectoryNode, type Node } from './nodes.js'

/** A process's system calls, of which the medium takes note. */
export interface AttachedSyscalls extends Syscalls {
  /** Waits for the calls that are under way, then closes all that is open, as the end of a process does. */
  bury(): Promise<void>
}

const openedAgain = /^\/proc\/self\/fd\/(\d+)$/
const inOpenDirectory = /^\/proc\/self\/fd\/(\d+)\/([^/]+)$/

/** Lets a process work on a medium through `below`, which may refuse calls. */
export function attach(medium: Medium, below: Syscalls): AttachedSyscalls {
  const open = new Map<number, Node>()
  const underWay = new Set<Promise<unknown>>()
  const tracked = async <T>(call: Promise<T>): Promise<T> => {
    const settled = call.catch(() => {}).finally(() => underWay.delete(settled))
    underWay.add(settled)
    return call
  }
  const at = (path: string): { directory: DirectoryNode; name: string } => {
    const [, fd, name = ''] = inOpenDirectory.exec(path) ?? []
    const directory = open.get(Number(fd))
    if (directory?.kind !== 'directory') throw new Error(`${path} is not in an open directory`)
    return { directory, name }
  }
  const file = (fd: number) => {
    const node = open.get(fd)
    if (node?.kind !== 'file') throw new Error(`${fd} is no open file`)
    return node
  }
  const find = (path: string): Node | undefined => {
    if (path === medium.path) return medium.root
    const [, again] = openedAgain.exec(path) ?? []
    if (again !== undefined) return open.get(Number(again))
    const { directory, name } = at(path)
    return directory.live.get(name)
  }
  const sync = async (fd: number, call: (fd: number) => Promise<void>): Promise<void> => {
    const node = open.get(fd)
    if (!node) throw new Error(`${fd} is not open`)
    const { done, failed } = medium.beginSync(node)
    const mode = node.kind === 'file' ? node.mode : 0
    await call(fd).catch((error: unknown) => {
      // A process that was killed has not seen a sync fail.
      if (isRefused(error)) failed()
      throw error
    })
    done()
    if (node.kind === 'file' && call === below.fsync) node.durableMode = mode
  }

  const noted: Partial<Syscalls> = {
    open: async (path, flags, mode = 0o666) => {
      const fd = await below.open(path, flags, mode)
      let node = find(path)
      if (!node) medium.change({ ...at(path), node: (node = newFile(mode)) })
      open.set(fd, node)
      return fd
    },
    close: async (fd) => {
      await below.close(fd)
      open.delete(fd)
    },
    write: async (fd, buffer, offset) => {
      const bytes = Buffer.from(buffer)
      const written = await below.write(fd, buffer, offset)
      file(fd).pending.push({ offset, bytes: bytes.subarray(0, written) })
      return written
    },
    ftruncate: async (fd, size) => {
      await below.ftruncate(fd, size)
      file(fd).pending.push({ size })
    },
    fchmod: async (fd, mode) => {
      await below.fchmod(fd, mode)
      file(fd).mode = mode
    },
    fsync: (fd) => sync(fd, below.fsync),
    fdatasync: (fd) => sync(fd, below.fdatasync),
    mkdir: async (path, mode) => {
      await below.mkdir(path, mode)
      medium.change({ ...at(path), node: newDirectory() })
    },
    symlink: async (target, path) => {
      await below.symlink(target, path)
      medium.change({ ...at(path), node: { kind: 'link', target } })
    },
    rename: async (from, to) => {
      await below.rename(from, to)
      const node = find(from)
      if (node) medium.change(at(from), { ...at(to), node })
    },
    link: async (existing, path) => {
      await below.link(existing, path)
      const node = find(existing)
      if (node) medium.change({ ...at(path), node })
    },
    unlink: async (path) => {
      await below.unlink(path)
      medium.change(at(path))
    },
    rmdir: async (path) => {
      await below.rmdir(path)
      medium.change(at(path))
    },
  }
  const calls = { ...below, ...noted } as Record<string, (...values: never[]) => Promise<unknown>>
  const attached = Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [name, (...values: never[]) => tracked(call(...values))]),
  ) as unknown as Syscalls
  return {
    ...attached,
    bury: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
      for (const fd of open.keys()) closeSync(fd)
      open.clear()
    },
  }
}

const isRefused = (error: unknown): boolean => error instanceof Error && 'code' in error
