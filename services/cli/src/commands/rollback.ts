import { randomUUID } from 'node:crypto'
import type { CatalogConnection } from '@goldkeep/client'
import type { catalog } from '@goldkeep/contracts'
import type { Command } from 'commander'
import { compareKinds } from '../accept-warnings.js'
import type { Actions } from '../act.js'
import { showPrimaryChange } from '../show-primary-change.js'
import type { Session } from '../session.js'
import { undoCommand } from '../undo-command.js'
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
        if (!change) return
        const undo = await undoCommand(connection, change, !options.keepMark)
        const unmark = `goldkeep version mark ${change.imageId}@${change.fromNumber} --clear`
        showPrimaryChange(session, change, undo && (options.keepMark ? undo : `${unmark} && ${undo}`))
        await warnOfOtherKind(session, connection, change)
      }),
    )
}

/** A rollback does not wait for an answer: what it goes back to was promoted by a person before. */
async function warnOfOtherKind(
  session: Session,
  connection: CatalogConnection,
  { imageId, fromVersionId, toVersionId, toNumber }: catalog.PrimaryChange,
): Promise<void> {
  const version = await connection.versions.get({ by: { $case: 'versionId', value: toVersionId } })
  for (const difference of await compareKinds(connection, version, fromVersionId, 'the former primary'))
    session.say(`warning: ${imageId}@${toNumber} ${difference}`)
}
