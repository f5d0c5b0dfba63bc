import { resumeUpload } from '@goldkeep/client'
import { isDomainError } from '@goldkeep/domain'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import type { Session } from '../../session.js'
import { findUploadId } from '../../transfer/find-upload.js'
import { uploadFileTable, uploadStatusView, uploadTable, uploadView } from '../../views/upload-view.js'
import type { storage } from '@goldkeep/contracts'

export function addUploadStatus(upload: Command, { act }: Actions): void {
  upload
    .command('status')
    .description('what has arrived of an upload, and is durable')
    .argument('<upload>')
    .action(
      act(async (session, [reference = '']) => {
        const connection = await session.catalog()
        const { uploads } = connection
        const versionId = await findUploadId(connection, reference)
        const known = uploadView(await uploads.get({ versionId }))
        const view = uploadStatusView(known, await askStorage(session, versionId))
        session.show(
          view,
          (width) => `${uploadTable([view], width)}\n\n${uploadFileTable(view.files, width)}`,
        )
      }),
    )
}

/** Storage alone knows the present state; without it the catalog's last report is shown, and said so. */
async function askStorage(session: Session, versionId: string): Promise<storage.UploadStatus | undefined> {
  const upload = resumeUpload(await session.catalog(), versionId, session.retry)
  try {
    return await upload.status()
  } catch (error) {
    const ended = isDomainError(error, 'UPLOAD_NOT_FOUND') || isDomainError(error, 'UPLOAD_ENDED')
    if (isDomainError(error, 'UNAVAILABLE') || isDomainError(error, 'NO_VOLUME'))
      session.say(`${error.message}; this is what it last reported`)
    else if (!ended) throw error
    return undefined
  } finally {
    upload.close()
  }
}
