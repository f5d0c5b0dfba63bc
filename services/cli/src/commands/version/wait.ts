import type { Command } from 'commander'
import { parseSpan, type Actions } from '../../act.js'
import { findVersion } from '../../version-reference.js'
import { waitForVerdict } from '../../wait-for-verdict.js'

interface Options {
  readonly timeout: number
}

export function addVersionWait(version: Command, { act }: Actions): void {
  version
    .command('wait')
    .description('wait for the verdict of the checks; exit code 7 when it is INVALID')
    .argument('<version>')
    .option('--timeout <time>', 'how long to wait', parseSpan, 3_600_000)
    .action(
      act<Options>(async (session, [reference = ''], options) => {
        const found = await findVersion(await session.catalog(), reference)
        await waitForVerdict(session, found, options.timeout)
      }),
    )
}
