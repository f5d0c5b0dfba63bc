import { DomainError } from '@goldkeep/domain'
import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import { changeVersion } from '../db/change-version.js'
import { lockImageByUid, publishChange } from '../db/images-queries.js'
import { restartJob } from '../db/jobs-queries.js'
import { recordAct } from '../db/records-queries.js'
import type { DB } from '../db/tables.js'
import { getVersion, imageUidOfVersion, lockVersion, type VersionView } from '../db/versions-queries.js'

/**
 * Sets the verdict back to PENDING and has the version checked again. A validation that is running does not count:
 * it may have read the bytes before whatever made a person ask.
 * @throws DomainError VERSION_NOT_FOUND, VERSION_NOT_SEALED
 */
export async function revalidateVersion(
  trx: Transaction<DB>,
  versionId: string,
  actor: Actor,
): Promise<VersionView> {
  const image = await lockImageByUid(trx, await imageUidOfVersion(trx, versionId))
  const version = await lockVersion(trx, versionId)
  if (version.lifecycle !== 'SEALED')
    throw new DomainError(
      'VERSION_NOT_SEALED',
      `version ${versionId}: expected SEALED, found ${version.lifecycle}; only a sealed version can be checked`,
      { version_id: versionId, lifecycle: version.lifecycle },
    )
  await changeVersion(trx, version, { verdict: 'PENDING', verdictAt: null })
  await publishChange(trx, image.uid, { versionId })
  await restartJob(trx, 'validate', versionId)
  await recordAct(trx, { actor, action: 'revalidate', imageUid: image.uid, versionId })
  return getVersion(trx, versionId)
}
