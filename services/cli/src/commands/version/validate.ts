import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { findVersion } from '../../version-reference.js'
import { stateWithWarnings, versionView } from '../../views/version-view.js'

export function addVersionValidate(version: Command, { act }: Actions): void {
  version
    .command('validate')
    .description('check a version again')
    .argument('<version>')
    .action(
      act(async (session, [reference = '']) => {
        const connection = await session.catalog()
        const { versionId } = await findVersion(connection, reference)
        const view = versionView(await connection.versions.revalidate({ versionId }))
        session.show(view, () => `${view.reference} is ${stateWithWarnings(view)}`)
        session.say(`next: goldkeep version wait ${view.reference}`)
      }),
    )
}
