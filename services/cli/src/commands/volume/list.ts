import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { listVolumes } from '../../reach-volumes.js'
import { volumeTable } from '../../views/house-view.js'

export function addVolumeList(volume: Command, { act }: Actions): void {
  volume
    .command('list')
    .description('every volume, the retired ones too')
    .action(
      act(async (session) => {
        const { volumes } = await listVolumes(await session.catalog())
        session.show({ volumes }, (width) => volumeTable(volumes, width))
      }),
    )
}
