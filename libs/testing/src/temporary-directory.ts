import { accessSync, chmodSync, constants, statfsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryDirectory {
  readonly path: string
  readonly remove: () => Promise<void>
}

/** An empty directory that other users may enter, since PostgreSQL under root runs as another one. */
export function temporaryDirectory(name = 'test'): Promise<TemporaryDirectory> {
  return directoryIn(tmpdir(), name)
}

/**
 * An empty directory in memory where there is one, for thousands of small files whose syncs mean nothing:
 * on a disk that others sync as well, each of them waits for it.
 */
export function directoryInMemory(name: string): Promise<TemporaryDirectory> {
  return directoryIn(hasRoom(memory) ? memory : tmpdir(), name)
}

const memory = '/dev/shm'
/** Containers often have much less there. */
const wantedBytes = 2 * 1024 ** 3

function hasRoom(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize >= wantedBytes
  } catch {
    return false
  }
}

async function directoryIn(parent: string, name: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, `goldkeep-${name}-`))
  chmodSync(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
