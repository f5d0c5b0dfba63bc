import { isDomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { openSession } from '../faults/support/storage-session.js'
import type { Soak } from './shared.js'

/** Reads versions, each byte, until it is over; one that is brought elsewhere meanwhile may be refused. */
export async function keepReading({ real, ledger, random, counts, address, over }: Soak): Promise<void> {
  while (!over.aborted) {
    const readable = [...ledger.versions].filter(([, { may }]) => may.size === 1 && may.has('versions'))
    const [versionId, known] = readable[Math.floor(random() * readable.length)] ?? []
    if (!versionId || !known) {
      await delay(20)
      continue
    }
    const session = openSession(real, versionId, { operation: 'read', address })
    try {
      for (const [path, bytes] of known.files) {
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        await session.read(path, { size: bytes.length, sha256 })
      }
      counts.reads += 1
    } catch (error) {
      const isGone = isDomainError(error, 'VERSION_GONE') && !known.may.has('versions')
      if (!isGone && !isDomainError(error, 'UNAVAILABLE')) throw error
    } finally {
      session.close()
    }
    await nextTurn()
  }
}
