import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { Actions } from '../act.js'
import { showPrimaryChange } from '../show-primary-change.js'
import { findVersion } from '../version-reference.js'

interface Options {
  readonly to?: string
  readonly keepMark?: boolean
  readonly reason?: string
}

export function addRollback(program: Command, { act }: Actions): void {
  program
    .command('rollback')
    .description('go back to the latest former primary that is not marked bad, and mark what is left as bad')
    .argument('<image>')
    .option('--to <version>', 'go back to this one')
    .option('--keep-mark', 'do not mark the version that is left')
    .option('--reason <text>', 'kept in the history and with the mark')
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const connection = await session.catalog()
        const image = await connection.images.get({ imageId })
        const target = options.to && (await findVersion(connection, options.to, imageId)).versionId
        const { change } = await connection.images.rollback({
          imageId: image.imageId,
          versionId: target || '',
          expectedPrimaryVersionId: image.primaryVersionId,
          reason: options.reason ?? '',
          keepMark: options.keepMark ?? false,
          requestId: randomUUID(),
        })
        const left = change && `${image.imageId}@${change.fromNumber}`
        const again = `goldkeep promote ${left}`
        showPrimaryChange(
          session,
          change,
          options.keepMark ? again : `goldkeep version mark ${left} --clear && ${again}`,
        )
      }),
    )
}
