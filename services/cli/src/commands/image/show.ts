import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { imageFields, imageView } from '../../views/image-view.js'

export function addImageShow(image: Command, { act }: Actions): void {
  image
    .command('show')
    .description('one image')
    .argument('<image>')
    .action(
      act(async (session, [imageId = '']) => {
        const { images } = await session.catalog()
        const view = imageView(await images.get({ imageId }))
        session.show(view, (width) => imageFields(view, width))
      }),
    )
}
