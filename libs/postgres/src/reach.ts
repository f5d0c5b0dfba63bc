import { statSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ServerUser } from './server-user.js'

/**
 * The first directory on the way to `path` that the server's user may not pass, such as a home of mode
 * 0700; `undefined` when all can be passed. Parts that do not exist yet are skipped.
 */
export function findBarrier(path: string, user: ServerUser): string | undefined {
  if (user === undefined) return undefined
  return ancestors(resolve(path)).find((directory) => {
    const stats = statSync(directory, { throwIfNoEntry: false })
    return stats !== undefined && !mayPass(stats, user)
  })
}

/** Every directory from the root down to `path` itself. */
function ancestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [path] : [...ancestors(parent), path]
}

function mayPass(stats: Stats, user: NonNullable<ServerUser>): boolean {
  if (stats.uid === user.uid) return (stats.mode & 0o100) !== 0
  if (stats.gid === user.gid) return (stats.mode & 0o010) !== 0
  return (stats.mode & 0o001) !== 0
}
