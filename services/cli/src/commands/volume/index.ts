import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addVolumeList } from './list.js'
import { addVolumeRetire } from './retire.js'
import { addVolumeShow } from './show.js'
import { addVolumeTakeBack } from './take-back.js'

export function addVolume(program: Command, actions: Actions): void {
  const volume = program.command('volume').description('the disks that hold the versions')
  addVolumeList(volume, actions)
  addVolumeShow(volume, actions)
  addVolumeRetire(volume, actions)
  addVolumeTakeBack(volume, actions)
}
