import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { listReach } from '../../reach-volumes.js'
import { volumeFields } from '../../views/house-view.js'

interface Options {
  readonly reason: string
}

export function addVolumeTakeBack(volume: Command, { act }: Actions): void {
  volume
    .command('take-back')
    .description('let a retired volume come back')
    .argument('<volume>', 'its id')
    .requiredOption('--reason <text>', 'kept in the audit')
    .action(
      act<Options>(async (session, [volumeId = ''], { reason }) => {
        const { volumes } = await session.catalog()
        const [view] = await listReach([await volumes.takeBack({ volumeId, reason })])
        if (!view) return
        session.show(view, (width) => volumeFields(view, width))
        session.say('its versions are found once its storage service has registered it')
      }),
    )
}
