import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { versionTable, versionView } from '../../views/version-view.js'

interface Options {
  readonly all?: boolean
}

const ended = new Set(['ABORTED', 'EXPIRED', 'PURGED'])

export function addVersionList(version: Command, { act }: Actions): void {
  version
    .command('list')
    .description('the versions of an image, newest first')
    .argument('[image]', 'all images when absent')
    .option('--all', 'also those that were aborted, have expired or are purged')
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const { versions } = await session.catalog()
        const found = await collectPages(
          (pageToken) => versions.list({ filter: { imageId }, pageToken }),
          (page) => page.versions,
        )
        const views = found.map(versionView).filter((one) => options.all || !ended.has(one.lifecycle))
        session.show({ versions: views }, (width) => versionTable(views, imageId || 'any image', width))
      }),
    )
}
