import { randomUUID } from 'node:crypto'
import type { CatalogConnection } from '@goldkeep/client'
import type { Command } from 'commander'
import { acceptWarnings } from '../accept-warnings.js'
import type { Actions } from '../act.js'
import { findVersion } from '../version-reference.js'
import { undoCommand } from '../undo-command.js'
import { showPrimaryChange, showPrimaryUnchanged } from '../show-primary-change.js'

interface Options {
  readonly expect?: string
  readonly force?: boolean
  readonly reason?: string
  readonly acceptWarnings?: boolean
}

export function addPromote(parent: Command, { act }: Actions): void {
  parent
    .command('promote')
    .usage('[options] [image] <version>')
    .description('make a version the one that its image deploys')
    .argument('<image-or-version>', 'win11-lab@13 or an id; or the image')
    .argument('[version]', 'with an image: 13, latest or an id')
    .option('--expect <version>', 'promote only if this is the primary now; "none" for no primary')
    .option('--force', 'although it is not VALID, is marked bad, or is damaged; needs --reason')
    .option('--reason <text>', 'kept in the history')
    .option('--accept-warnings', 'although it has a schema only, or comes from another environment')
    .action(
      act<Options>(async (session, [first = '', second], options) => {
        const connection = await session.catalog()
        const version = await (second === undefined
          ? findVersion(connection, first)
          : findVersion(connection, second, first))
        const { imageId, versionId } = version
        const expectedPrimaryVersionId = await expectedPrimary(connection, imageId, options.expect)
        const isAccepted = options.acceptWarnings ?? false
        await acceptWarnings(session, version, expectedPrimaryVersionId, isAccepted)
        const { change } = await connection.images.promote({
          imageId,
          versionId,
          expectedPrimaryVersionId,
          force: options.force ?? false,
          reason: options.reason ?? '',
          requestId: randomUUID(),
        })
        if (expectedPrimaryVersionId === versionId) return showPrimaryUnchanged(session, change)
        showPrimaryChange(session, change, change && (await undoCommand(connection, change)))
      }),
    )
}

/** The pointer moves by compare-and-set from what the caller names, or from what it is now. */
async function expectedPrimary(
  connection: CatalogConnection,
  imageId: string,
  expect: string | undefined,
): Promise<string> {
  if (expect === undefined) return (await connection.images.get({ imageId })).primaryVersionId
  return expect === 'none' ? '' : (await findVersion(connection, expect, imageId)).versionId
}
