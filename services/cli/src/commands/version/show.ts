import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { findVersion } from '../../version-reference.js'
import { versionFields, versionView } from '../../views/version-view.js'

export function addVersionShow(version: Command, { act }: Actions): void {
  version
    .command('show')
    .description('one version with its files')
    .argument('<version>')
    .action(
      act(async (session, [reference = '']) => {
        const view = versionView(await findVersion(await session.catalog(), reference))
        session.show(view, (width) => versionFields(view, width))
      }),
    )
}
