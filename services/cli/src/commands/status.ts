import type { Command } from 'commander'
import type { Actions } from '../act.js'
import { gatherStatus, statusText } from '../house-status.js'

export function addStatus(program: Command, { act }: Actions): void {
  program
    .command('status')
    .description('one screen: uploads, deployments, jobs, space, trouble')
    .action(
      act(async (session) => {
        const status = await gatherStatus(session)
        session.show(status, (width) => statusText(status, width))
      }),
    )
}
