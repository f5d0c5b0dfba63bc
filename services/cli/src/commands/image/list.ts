import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { imageTable, imageView } from '../../views/image-view.js'

export function addImageList(image: Command, { act }: Actions): void {
  image
    .command('list')
    .description('all images with their primaries')
    .action(
      act(async (session) => {
        const { images } = await session.catalog()
        const all = await collectPages(
          (pageToken) => images.list({ pageToken }),
          (page) => page.images,
        )
        const views = all.map(imageView)
        session.show({ images: views }, (width) => imageTable(views, width))
      }),
    )
}
