import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { uploadTable, uploadView } from '../../views/upload-view.js'

interface Options {
  readonly all?: boolean
}

export function addUploadList(upload: Command, { act }: Actions): void {
  upload
    .command('list')
    .description('uploads in progress')
    .argument('[image]')
    .option('--all', 'also those that have ended')
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const { uploads } = await session.catalog()
        const found = await collectPages(
          (pageToken) => uploads.list({ imageId, includeEnded: options.all ?? false, pageToken }),
          (page) => page.uploads,
        )
        const views = found.map(uploadView)
        session.show({ uploads: views }, (width) => uploadTable(views, width))
      }),
    )
}
