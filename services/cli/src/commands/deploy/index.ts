import type { Command } from 'commander'
import type { Actions } from '../../act.js'
import { addDeployCancel } from './cancel.js'
import { addDeployFetch } from './fetch.js'
import { addDeployFinish } from './finish.js'
import { addDeployList } from './list.js'
import { addDeployShow } from './show.js'
import { addDeployStart } from './start.js'

export function addDeploy(program: Command, actions: Actions): void {
  const deploy = program.command('deploy').description('orders to put one version on one machine')
  addDeployStart(deploy, actions)
  addDeployFetch(deploy, actions)
  addDeployShow(deploy, actions)
  addDeployList(deploy, actions)
  addDeployFinish(deploy, actions)
  addDeployCancel(deploy, actions)
}
