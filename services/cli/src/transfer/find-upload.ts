import type { CatalogConnection } from '@goldkeep/client'
import { catalog } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import type { Session } from '../session.js'
import { findVersion } from '../version-reference.js'

/** The id of the upload that is meant: by its id, the beginning of it, or `win11-lab@3`. */
export async function findUploadId(connection: CatalogConnection, reference: string): Promise<string> {
  return (await findVersion(connection, reference)).versionId
}

/** The upload, or nothing where the catalog knows none of this id. */
export async function findUpload(session: Session, versionId: string): Promise<catalog.Upload | undefined> {
  const { uploads } = await session.catalog()
  try {
    return await uploads.get({ versionId })
  } catch (error) {
    if (isDomainError(error, 'UPLOAD_NOT_FOUND') || isDomainError(error, 'VERSION_NOT_FOUND'))
      return undefined
    throw error
  }
}

/** Whether bytes can still come into the upload. */
export async function isOpenUpload(session: Session, versionId: string): Promise<boolean> {
  const upload = await findUpload(session, versionId)
  return upload !== undefined && isOpen(upload)
}

export const isOpen = ({ lifecycle, pendingEnd }: catalog.Upload): boolean =>
  lifecycle === catalog.Lifecycle.LIFECYCLE_UPLOADING && !pendingEnd
