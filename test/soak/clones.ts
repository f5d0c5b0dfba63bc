import { isDomainError, type VersionId } from '@goldkeep/domain'
import { knownVersion } from '../../services/storage/test/support/ledger.js'
import { newVersion } from '../../services/storage/test/support/test-house.js'
import { bring, claiming } from './order.js'
import { images, pickFrom, type Soak } from './shared.js'

/** What a clone is refused for when its source was brought elsewhere before it began. */
const sourceIsAway = ['VERSION_NOT_SEALED', 'VERSION_GONE', 'VERSION_NOT_FOUND'] as const

/** Clones a version, about which others may give commands meanwhile. */
export async function cloneOne(shared: Soak, source: VersionId): Promise<void> {
  const { ledger, random } = shared
  const versionId = newVersion()
  const image = pickFrom(random, images) ?? images[0]
  if (!image) return
  const origin = knownVersion(ledger, source)
  const { files, may: before } = origin
  ledger.versions.set(versionId, { images: new Set([image.imageId]), files, may: new Set(['nowhere']) })
  const wish = { ...image, sourceVersionId: source, time: new Date() }
  await claiming(shared, versionId, async () => {
    try {
      await bring(shared, {
        versionId,
        to: 'versions',
        call: ({ admin }, order) => admin.cloneVersion({ ...order, ...wish }),
      })
    } catch (error) {
      const isAway = sourceIsAway.some((reason) => isDomainError(error, reason))
      // It may be back by now: what counts is whether anybody has moved it since.
      const stayed = origin.may === before && before.has('versions')
      if (!isAway || stayed) throw error
      knownVersion(ledger, versionId).may = new Set(['nowhere'])
    }
  })
}
