import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { deploymentFields, deploymentView } from '../../views/deployment-view.js'

interface Options {
  readonly reason?: string
}

export function addDeployCancel(deploy: Command, { act }: Actions): void {
  deploy
    .command('cancel')
    .description('end a deployment that is not to be finished')
    .argument('<deployment>')
    .option('--reason <text>')
    .action(
      act<Options>(async (session, [deploymentId = ''], options) => {
        const { deployments } = await session.catalog()
        const view = deploymentView(await deployments.cancel({ deploymentId, reason: options.reason ?? '' }))
        session.show(view, (width) => deploymentFields(view, width))
      }),
    )
}
