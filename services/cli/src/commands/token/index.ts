import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addTokenCreate } from './create.js'
import { addTokenList } from './list.js'
import { addTokenRevoke } from './revoke.js'

export function addToken(program: Command, actions: Actions): void {
  const token = program.command('token').description('what lets people and programs in')
  addTokenCreate(token, actions)
  addTokenList(token, actions)
  addTokenRevoke(token, actions)
}
