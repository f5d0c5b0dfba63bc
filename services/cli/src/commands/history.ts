import type { Command } from 'commander'
import type { Actions } from '../act.js'
import { collectPages } from '../collect-pages.js'
import { primaryChangeView } from '../show-primary-change.js'
import { primaryChangeTable } from '../views/house-view.js'

export function addHistory(program: Command, { act }: Actions): void {
  program
    .command('history')
    .description('every move of the primary pointer, newest first')
    .argument('<image>')
    .action(
      act(async (session, [imageId = '']) => {
        const { images } = await session.catalog()
        const changes = await collectPages(
          (pageToken) => images.listPrimaryChanges({ imageId, pageToken }),
          (page) => page.changes,
        )
        const views = changes.map(primaryChangeView)
        session.show({ changes: views }, (width) => primaryChangeTable(views, width))
      }),
    )
}
