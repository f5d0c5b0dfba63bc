import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { findUploadId } from '../../transfer/find-upload.js'
import { UploadRecords } from '../../transfer/upload-records.js'
import { uploadTable, uploadView } from '../../views/upload-view.js'

interface Options {
  readonly reason?: string
}

export function addUploadAbort(upload: Command, { act }: Actions): void {
  upload
    .command('abort')
    .description('end an upload without a version; what it staged is removed')
    .argument('<upload>')
    .option('--reason <text>')
    .action(
      act<Options>(async (session, [reference = ''], options) => {
        const connection = await session.catalog()
        const { uploads } = connection
        const versionId = await findUploadId(connection, reference)
        const view = uploadView(await uploads.abort({ versionId, reason: options.reason ?? '' }))
        await new UploadRecords(session.stateDirectory).forget(versionId)
        session.show(view, (width) => uploadTable([view], width))
      }),
    )
}
