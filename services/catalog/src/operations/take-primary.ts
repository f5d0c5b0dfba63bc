import { bestPresence, DomainError } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { DB, ImageRow } from '../db/tables.js'
import { getVersion, type VersionView } from '../db/versions-queries.js'
import { findLastGood } from './find-last-good.js'
import { noPrimary } from './resolve-version.js'

/**
 * The primary of an image, if new deployments may get it: its bytes are there, and are not known to be damaged unless
 * that is forced with a reason. The image's row is locked.
 * @throws DomainError NO_PRIMARY, PRIMARY_MISSING, PRIMARY_DAMAGED, INVALID_FIELD; each but the first and the last names
 *   the last good version
 */
export async function takePrimary(
  trx: Transaction<DB>,
  image: ImageRow,
  { force, reason }: { readonly force: boolean; readonly reason: string },
): Promise<VersionView> {
  if (force && reason.trim() === '')
    throw new DomainError('INVALID_FIELD', 'reason: expected why the deployment is forced, found none', {
      field: 'reason',
    })
  if (image.primaryVersionId === null) throw noPrimary(image.imageId)
  const version = await getVersion(trx, image.primaryVersionId)
  const presence = bestPresence(version.locations.map((one) => one.presence))
  if (version.lifecycle !== 'SEALED' || presence === 'MISSING')
    throw await refusal(trx, image, version, {
      reason: 'PRIMARY_MISSING',
      what: 'its bytes are missing from the volume',
      todo: 'put its directory back, or promote another version',
    })
  if (presence === 'DAMAGED' && !force)
    throw await refusal(trx, image, version, {
      reason: 'PRIMARY_DAMAGED',
      what: 'its bytes differ from its manifest',
      todo: 'put its files back and have it validated, promote another version, or force the deployment with a reason',
    })
  return version
}

async function refusal(
  trx: Transaction<DB>,
  image: ImageRow,
  { versionId, number }: VersionView,
  {
    reason,
    what,
    todo,
  }: { readonly reason: 'PRIMARY_MISSING' | 'PRIMARY_DAMAGED'; readonly what: string; readonly todo: string },
): Promise<DomainError> {
  const good = await findLastGood(trx, image)
  const { imageId } = image
  const lastGood = good
    ? `the last good version is ${imageId}@${good.number} (${good.versionId})`
    : 'it has no other good version'
  return new DomainError(
    reason,
    `image ${imageId}: its primary ${imageId}@${number} (${versionId}) cannot be deployed, since ${what}; ` +
      `${lastGood}; ${todo}`,
    {
      image_id: imageId,
      version_id: versionId,
      ...(good && { last_good_version_id: good.versionId, last_good_number: String(good.number) }),
    },
  )
}
