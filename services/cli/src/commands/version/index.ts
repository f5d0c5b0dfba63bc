import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addPromote } from '../promote.js'
import { addVersionChecks } from './checks.js'
import { addVersionList } from './list.js'
import { addVersionMark } from './mark.js'
import { addVersionShow } from './show.js'
import { addVersionValidate } from './validate.js'
import { addVersionWait } from './wait.js'

export function addVersion(program: Command, actions: Actions): void {
  const version = program.command('version').description('the captures of an image, which never change')
  addVersionList(version, actions)
  addVersionShow(version, actions)
  addVersionChecks(version, actions)
  addVersionWait(version, actions)
  addVersionValidate(version, actions)
  addVersionMark(version, actions)
  addPromote(version, actions)
}
