import { beginUpload } from '@goldkeep/client'
import { isDomainError } from '@goldkeep/domain'
import { randomUUID } from 'node:crypto'
import { contentOf } from '../../faults/support/storage-session.js'
import { pickFrom } from '../shared.js'
import { images, path, retry, schema, type Site } from './site.js'

const smallest = 20_000
const signal = new AbortController().signal

/**
 * Uploads, promotes, rolls back or marks, drawn at random.
 * A refusal is an answer: the database may know less than was done.
 */
export async function act(site: Site): Promise<void> {
  const luck = site.random()
  try {
    if (luck < 0.4) await upload(site)
    else if (luck < 0.8) await promote(site)
    else if (luck < 0.9) await rollback(site)
    else await mark(site)
  } catch (error) {
    if (!isDomainError(error) || error.kind === 'internal') throw error
    site.counts.refused += 1
  }
}

async function upload({ catalog, random, sealed, counts }: Site): Promise<void> {
  const image = pickFrom(random, images) ?? ''
  const content = contentOf(smallest + Math.floor(random() * 200_000), randomUUID())
  const { session } = await beginUpload(catalog, { imageId: image, schema }, retry)
  try {
    const source = await content.source()
    const stored = await session.write({ path, source, mode: { kind: 'restart' } })
    await session.seal([{ path, size: stored.size, sha256: stored.sha256 }])
  } finally {
    session.close()
  }
  sealed.set(session.versionId, { image, sha256: content.sha256 })
  counts.sealed += 1
}

async function promote(site: Site): Promise<void> {
  const { catalog, counts } = site
  const [versionId, version] = pickFrom(site.random, [...site.sealed]) ?? []
  if (!versionId || !version) return
  const order = { imageId: version.image, versionId, force: true, reason: 'the soak promotes' }
  await catalog.images.promote({ ...order, requestId: randomUUID() }, { signal })
  counts.promoted += 1
}

async function rollback({ catalog, random }: Site): Promise<void> {
  const imageId = pickFrom(random, images) ?? ''
  const order = { imageId, reason: 'the soak rolls back', keepMark: true, requestId: randomUUID() }
  await catalog.images.rollback(order, { signal })
}

async function mark({ catalog, random, sealed }: Site): Promise<void> {
  const versionId = pickFrom(random, [...sealed.keys()])
  if (!versionId) return
  const note = `the soak said so: ${Math.floor(random() * 1e6)}`
  await catalog.versions.mark({ versionId, mark: random() < 0.5 ? 1 : 2, reason: note }, { signal })
}
