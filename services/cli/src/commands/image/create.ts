import { randomUUID } from 'node:crypto'
import { Option, type Command } from 'commander'
import { collect, type Actions } from '../../act.js'
import { parseLabels } from '../../parse-labels.js'
import { imageFields, imageView } from '../../views/image-view.js'

interface Options {
  readonly description?: string
  readonly environment: string
  readonly type: string
  readonly label?: readonly string[]
}

export function addImageCreate(image: Command, { act }: Actions): void {
  image
    .command('create')
    .description('make an image, without any version yet')
    .argument('<image>', 'letters, digits, "_" and "-"; fixed for good')
    .option('--description <text>')
    .addOption(
      new Option('--environment <name>', 'what captures it').choices(['winpe', 'linux']).default('winpe'),
    )
    .addOption(
      new Option('--type <name>', 'how it is captured').choices(['file', 'block', 'both']).default('file'),
    )
    .option('--label <name=value>', 'may be repeated', collect)
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const { images } = await session.catalog()
        const created = await images.create({
          imageId,
          description: options.description ?? '',
          environment: options.environment,
          type: options.type,
          labels: parseLabels(options.label ?? []),
          requestId: randomUUID(),
        })
        const view = imageView(created)
        session.show(view, (width) => imageFields(view, width))
        session.say(`next: goldkeep upload DIR --image ${created.imageId}`)
      }),
    )
}
