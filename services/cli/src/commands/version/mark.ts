import { catalog } from '@goldkeep/contracts'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { usageError } from '../../cli-error.js'
import { findVersion } from '../../version-reference.js'
import { versionFields, versionView } from '../../views/version-view.js'

interface Options {
  readonly good?: boolean
  readonly bad?: boolean
  readonly clear?: boolean
  readonly reason?: string
}

export function addVersionMark(version: Command, { act }: Actions): void {
  version
    .command('mark')
    .description("keep a person's word on a version")
    .argument('<version>')
    .option('--good', 'it is known to work')
    .option('--bad', 'it is not to be deployed')
    .option('--clear', 'take the mark away')
    .option('--reason <text>')
    .action(
      act<Options>(async (session, [reference = ''], options) => {
        const mark = chosenMark(options)
        const connection = await session.catalog()
        const { versionId, etag } = await findVersion(connection, reference)
        const marked = await connection.versions.mark({ versionId, mark, reason: options.reason ?? '', etag })
        const view = versionView(marked)
        session.show(view, (width) => versionFields({ ...view, files: [] }, width))
      }),
    )
}

function chosenMark({ good, bad, clear }: Options): catalog.Mark {
  if ([good, bad, clear].filter(Boolean).length !== 1)
    throw usageError('expected one of --good, --bad and --clear')
  if (good) return catalog.Mark.MARK_GOOD
  return bad ? catalog.Mark.MARK_BAD : catalog.Mark.MARK_UNSPECIFIED
}
