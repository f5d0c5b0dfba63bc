import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { deploymentFields, deploymentView } from '../../views/deployment-view.js'

export function addDeployShow(deploy: Command, { act }: Actions): void {
  deploy
    .command('show')
    .description('one deployment')
    .argument('<deployment>')
    .action(
      act(async (session, [deploymentId = '']) => {
        const { deployments } = await session.catalog()
        const view = deploymentView(await deployments.get({ deploymentId }))
        session.show(view, (width) => deploymentFields(view, width))
      }),
    )
}
