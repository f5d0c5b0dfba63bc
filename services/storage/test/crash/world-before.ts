import { carefulClient } from '../support/careful-client.js'
import { copyLedger } from '../support/ledger.js'
import { Medium } from '../support/power-loss/medium.js'
import { newProcess } from '../support/store-process.js'
import { copyTree, type World } from '../support/world.js'
import type { Operation } from './operations.js'

/** A copy of the world in which all is answered that comes before the operation. */
export async function worldBefore(world: World, { before }: Operation, volume: string): Promise<World> {
  copyTree(world.volume, volume)
  const copy = { ...world, volume, ledger: copyLedger(world.ledger) }
  if (!before) return copy
  const process = newProcess(new Medium(volume))
  const store = await process.start()
  await before(carefulClient(store, copy.ledger), store, copy, process.sys)
  await process.kill()
  return copy
}
