import { waitUntil } from '@goldkeep/testing'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RealStorage } from '../../../services/storage/test/support/real-storage.js'
import { imageId, newVersion, part1 } from '../../../services/storage/test/support/test-house.js'
import { contentOf, openSession } from './storage-session.js'

export interface ManyUploads {
  readonly count: number
  /** Bytes of each. */
  readonly size: number
  readonly kills: number
}

/**
 * Uploads many versions at once while storage is killed, each time when a further share of the bytes is
 * durable; seals them, and lets sha256sum look at every one.
 * @returns the versions that were sealed
 */
export async function uploadUnderKills(
  real: RealStorage,
  { count, size, kills }: ManyUploads,
): Promise<string[]> {
  const committed = new Map<string, number>()
  const upload = async (index: number): Promise<string> => {
    const versionId = newVersion()
    const content = contentOf(size, `upload ${index}`)
    const session = openSession(real, versionId)
    try {
      await session.open()
      const onCommitted = (bytes: number): void => void committed.set(versionId, bytes)
      const stored = await session.write(part1, content, { writerId: `writer ${index}`, onCommitted })
      if (stored.sha256 !== content.sha256) throw new Error(`${versionId} was stored as ${stored.sha256}`)
      await session.seal({ [part1]: content })
    } finally {
      session.close()
    }
    return versionId
  }
  const uploading = Promise.all(Array.from({ length: count }, (_, index) => upload(index)))
  const killing = (async () => {
    for (let kill = 1; kill <= kills; kill += 1) {
      const share = (count * size * kill) / (kills + 1)
      const durable = (): number => [...committed.values()].reduce((sum, bytes) => sum + bytes, 0)
      await waitUntil(() => durable() >= share, {
        what: `${share} bytes are durable`,
        timeoutMs: 600_000,
        intervalMs: 5,
      })
      await real.kill()
      await real.start()
    }
  })()
  const [versions] = await Promise.all([uploading, killing])
  for (const versionId of versions)
    await promisify(execFile)('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], {
      cwd: join(real.volume, 'images', imageId, 'versions', versionId),
    })
  return versions
}
