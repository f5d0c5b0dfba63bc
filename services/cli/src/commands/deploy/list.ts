import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { collectPages } from '../../collect-pages.js'
import { deploymentTable, deploymentView } from '../../views/deployment-view.js'

interface Options {
  readonly all?: boolean
}

export function addDeployList(deploy: Command, { act }: Actions): void {
  deploy
    .command('list')
    .description('open deployments')
    .argument('[image]')
    .option('--all', 'also those that have ended')
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const { deployments } = await session.catalog()
        const found = await collectPages(
          (pageToken) => deployments.list({ imageId, includeEnded: options.all ?? false, pageToken }),
          (page) => page.deployments,
        )
        const views = found.map(deploymentView)
        session.show({ deployments: views }, (width) => deploymentTable(views, width))
      }),
    )
}
