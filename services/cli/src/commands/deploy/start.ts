import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { collect, type Actions } from '../../act.js'
import { parseLabels } from '../../parse-labels.js'
import { parseMachine } from '../../parse-machine.js'
import { ordersView } from '../../views/deployment-view.js'

interface Options {
  readonly machine: readonly string[]
  readonly model?: string
  readonly label?: readonly string[]
  readonly force?: boolean
  readonly reason?: string
}

export function addDeployStart(deploy: Command, { act }: Actions): void {
  deploy
    .command('start')
    .description("order an image's primary for a machine; prints the deployment's id on standard output")
    .argument('<image>')
    .requiredOption(
      '--machine <id>',
      'a MAC address, a UUID, serial:TEXT or MAC.serial.UUID; may be repeated',
      collect,
    )
    .option('--model <name>')
    .option('--label <name=value>', 'may be repeated', collect)
    .option('--force', 'although the primary is damaged; needs --reason')
    .option('--reason <text>', 'kept in the audit')
    .action(
      act<Options>(async (session, [imageId = ''], options) => {
        const { deployments } = await session.catalog()
        const orders = await deployments.start({
          imageId,
          target: { $case: 'machine', value: parseMachine(options.machine, options.model) },
          labels: parseLabels(options.label ?? []),
          force: options.force ?? false,
          reason: options.reason ?? '',
          requestId: randomUUID(),
        })
        const view = ordersView(orders)
        const id = orders.deployment?.deploymentId ?? ''
        session.show(view, () => id)
        session.say(`${id} is to get ${view.reference} (${view.versionId}), whatever is promoted meanwhile`)
        if (view.supersededDeploymentId) session.say(`it takes the place of ${view.supersededDeploymentId}`)
        session.say(`next: goldkeep deploy fetch ${id} --to DIR, then goldkeep deploy finish ${id}`)
      }),
    )
}
