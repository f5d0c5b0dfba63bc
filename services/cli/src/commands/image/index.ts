import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addImageCreate } from './create.js'
import { addImageList } from './list.js'
import { addImageShow } from './show.js'

export function addImage(program: Command, actions: Actions): void {
  const image = program
    .command('image')
    .description('logical images: the names under which versions are kept')
  addImageCreate(image, actions)
  addImageList(image, actions)
  addImageShow(image, actions)
}
