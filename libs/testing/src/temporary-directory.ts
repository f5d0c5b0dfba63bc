import { chmodSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryDirectory {
  readonly path: string
  readonly remove: () => Promise<void>
}

/** An empty directory that other users may enter, since PostgreSQL under root runs as another one. */
export async function temporaryDirectory(name = 'test'): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), `goldkeep-${name}-`))
  chmodSync(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
