import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { deploymentFields, deploymentView } from '../../views/deployment-view.js'

interface Options {
  readonly failed?: boolean
  readonly message?: string
}

export function addDeployFinish(deploy: Command, { act }: Actions): void {
  deploy
    .command('finish')
    .description('say how a deployment ended; its version is free again')
    .argument('<deployment>')
    .option('--failed', 'it did not work')
    .option('--message <text>')
    .action(
      act<Options>(async (session, [deploymentId = ''], options) => {
        const { deployments } = await session.catalog()
        const finished = await deployments.finish({
          deploymentId,
          succeeded: !options.failed,
          message: options.message ?? '',
        })
        const view = deploymentView(finished)
        session.show(view, (width) => deploymentFields(view, width))
      }),
    )
}
