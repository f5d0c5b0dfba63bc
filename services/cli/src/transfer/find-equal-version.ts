import { catalog } from '@goldkeep/contracts'
import { schemaPath } from '@goldkeep/domain'
import { collectPages } from '../collect-pages.js'
import type { Session } from '../session.js'
import { hexDigest, isLost } from '../views/words.js'
import type { SentFile } from './send-file.js'

/** Versions of equal size are compared by their digests, the newest first; more than these are not looked at. */
const maxCompared = 5

/** The other version of the image that has the very same files, as `win11-lab@12`; nothing when there is none. */
export async function findEqualVersion(
  session: Session,
  versionId: string,
  files: readonly SentFile[],
): Promise<string | undefined> {
  const { versions } = await session.catalog()
  const get = (value: string): Promise<catalog.Version> => versions.get({ by: { $case: 'versionId', value } })
  const own = await get(versionId)
  const filter = { imageId: own.imageId, lifecycles: [catalog.Lifecycle.LIFECYCLE_SEALED] }
  const others = await collectPages(
    (pageToken) => versions.list({ filter, pageToken }),
    (page) => page.versions,
  )
  const alike = others
    .filter((one) => one.versionId !== versionId && one.sizeBytes === own.sizeBytes)
    .filter((one) => one.fileCount === own.fileCount && !isLost(one.presence))
    .toSorted((one, other) => other.number - one.number)
  const sent = new Map(files.map(({ path, sha256 }) => [path, sha256]))
  for (const { versionId: other } of alike.slice(0, maxCompared)) {
    const version = await get(other)
    if (hasFiles(version, sent)) return `${version.imageId}@${version.number}`
  }
  return undefined
}

const hasFiles = ({ files }: catalog.Version, sent: ReadonlyMap<string, string>): boolean =>
  files.every(({ path, digests }) => {
    const sha256 = hexDigest(digests.find(({ algorithm }) => algorithm === 'sha256'))
    return path === schemaPath || (sha256 !== undefined && sent.get(path) === sha256)
  })
