import type { catalog } from '@goldkeep/contracts'
import type { Command } from 'commander'
import { setTimeout as pause } from 'node:timers/promises'
import type { Actions } from '../../act.js'
import type { Session } from '../../session.js'
import { deploymentFields, deploymentView } from '../../views/deployment-view.js'

interface Options {
  readonly failed?: boolean
  readonly message?: string
}

/** Storage reports every 2 s what was read: the last bytes are often counted after the machine has finished. */
const reportMs = 3_000
const askEveryMs = 200

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
        const view = deploymentView(await hearOfReads(session, finished))
        session.show(view, (width) => deploymentFields(view, width))
      }),
    )
}

/** The deployment with all that was read of its version; after a while with what has been reported until then. */
async function hearOfReads(session: Session, finished: catalog.Deployment): Promise<catalog.Deployment> {
  const { deployments } = await session.catalog()
  const { deploymentId } = finished
  const begunAt = performance.now()
  let now = finished
  while (now.bytesRead < now.bytesTotal && performance.now() - begunAt < reportMs) {
    await pause(askEveryMs, undefined, { signal: session.signal })
    now = await deployments.get({ deploymentId })
  }
  return now
}
