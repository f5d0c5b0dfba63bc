import type { Command } from 'commander'
import type { Actions } from '../act.js'
import { formatFields } from '../output/table.js'
import { formatTime } from '../output/format.js'
import { isoTime, presenceWord } from '../views/words.js'

export function addPrimary(program: Command, { act }: Actions): void {
  program
    .command('primary')
    .description('the version that an image deploys now')
    .argument('<image>')
    .action(
      act(async (session, [imageId = '']) => {
        const { images } = await session.catalog()
        const answer = await images.getPrimary({ imageId })
        const view = {
          imageId: answer.imageId,
          versionId: answer.versionId,
          number: answer.number,
          reference: `${answer.imageId}@${answer.number}`,
          presence: presenceWord(answer.presence),
          promoteTime: isoTime(answer.promoteTime),
        }
        session.show(view, (width) =>
          formatFields(
            [
              ['primary', `${view.reference}  ${view.versionId}`],
              ['bytes', view.presence],
              ['promoted', formatTime(view.promoteTime)],
            ],
            width,
          ),
        )
      }),
    )
}
