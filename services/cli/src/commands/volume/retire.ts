import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { listReach } from '../../reach-volumes.js'
import { volumeFields } from '../../views/house-view.js'

interface Options {
  readonly reason: string
}

const help = `
For a volume that is gone for good. What it held is MISSING from then on, its
uploads and jobs end, and nothing waits for it. Nothing on its disk is touched.
One whose storage service reports is refused.
docs/operations/lost-volumes.md says more.`

export function addVolumeRetire(volume: Command, { act }: Actions): void {
  volume
    .command('retire')
    .description('take a volume that is gone for good for lost')
    .argument('<volume>', 'its id')
    .requiredOption('--reason <text>', 'kept in the audit')
    .addHelpText('after', help)
    .action(
      act<Options>(async (session, [volumeId = ''], { reason }) => {
        const { volumes } = await session.catalog()
        const [view] = await listReach([await volumes.retire({ volumeId, reason })])
        if (!view) return
        session.show(view, (width) => volumeFields(view, width))
        session.say(`should it come back: goldkeep volume take-back ${volumeId} --reason TEXT`)
      }),
    )
}
