import { DomainError } from '@goldkeep/domain'
import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { listVolumes } from '../../reach-volumes.js'
import { volumeFields } from '../../views/house-view.js'

export function addVolumeShow(volume: Command, { act }: Actions): void {
  volume
    .command('show')
    .description('one volume, with what an administrator must see to')
    .argument('<volume>', 'its id')
    .action(
      act(async (session, [volumeId = '']) => {
        const { volumes } = await listVolumes(await session.catalog())
        const view = volumes.find((one) => one.volumeId === volumeId)
        if (!view) throw new DomainError('VOLUME_NOT_FOUND', `volume ${volumeId}: not found`)
        session.show(view, (width) => volumeFields(view, width))
      }),
    )
}
