import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { showChecks } from '../../show-checks.js'
import { findVersion } from '../../version-reference.js'

export function addVersionChecks(version: Command, { act }: Actions): void {
  version
    .command('checks')
    .description('what the checks found; exit code 7 when the version is INVALID')
    .argument('<version>')
    .action(
      act(async (session, [reference = '']) => {
        const connection = await session.catalog()
        await showChecks(session, await findVersion(connection, reference))
      }),
    )
}
