import { isDomainError, type VersionId } from '@goldkeep/domain'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAs, type StorageClients } from '../../services/storage/test/support/clients.js'
import type { KnownVersion } from '../../services/storage/test/support/ledger.js'
import { pickFrom, type Soak } from './shared.js'

interface Part {
  readonly versionId: VersionId
  readonly path: string
  readonly bytes: Buffer
  readonly offset: number
  readonly length: number
}

/**
 * Reads parts of files until it is over, of versions in their place and in the trash, at times so slowly that
 * the version is brought elsewhere or purged before the end: a read that has begun goes on to its end.
 */
export async function keepReadingParts(shared: Soak): Promise<void> {
  const { real, ledger, random, counts, address, over } = shared
  while (!over.aborted) {
    const readable = [...ledger.versions].filter(([, known]) => isHeld(known))
    const [versionId, known] = pickFrom(random, readable) ?? []
    const [path, bytes] = pickFrom(random, [...(known?.files ?? [])]) ?? []
    if (!versionId || !known || path === undefined || !bytes) {
      await delay(20)
      continue
    }
    const offset = Math.floor(random() * bytes.length)
    const length = Math.ceil(random() * (bytes.length - offset))
    const token = await real.readTicket(versionId)
    const clients = connectAs(address, () => token)
    try {
      const pauseMs = random() < 0.3 ? random() * 100 : 0
      await readPart(clients, { versionId, path, bytes, offset, length }, pauseMs)
      counts.reads += 1
    } catch (error) {
      const isGone = isDomainError(error, 'VERSION_GONE') && !isHeld(known)
      if (!isGone && (error instanceof WrongBytes || (isDomainError(error) && error.kind !== 'unavailable')))
        throw error
      // A connection that was cut.
      await delay(20)
    } finally {
      clients.close()
    }
  }
}

const isHeld = ({ may }: KnownVersion): boolean =>
  [...may].every((place) => place === 'versions' || place === 'trash')

class WrongBytes extends Error {}

async function readPart(clients: StorageClients, part: Part, pauseMs: number): Promise<void> {
  const { versionId, path, bytes, offset, length } = part
  const answers = clients.versions.read({
    ...{ versionId, path },
    ...{ offset: BigInt(offset), length: BigInt(length) },
  })
  let at = offset
  for await (const { message } of answers) {
    if (message?.$case !== 'chunk') continue
    const { data } = message.value
    if (!bytes.subarray(at, at + data.length).equals(data))
      throw new WrongBytes(`${path} of ${versionId} was read as other bytes from ${at} on`)
    at += data.length
    if (pauseMs > 0) await delay(pauseMs)
  }
  if (at !== offset + length)
    throw new WrongBytes(
      `${path} of ${versionId}: ${length} bytes from ${offset} on were wished, ${at - offset} came`,
    )
}
