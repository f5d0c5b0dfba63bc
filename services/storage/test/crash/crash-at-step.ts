import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { carefulClient } from '../support/careful-client.js'
import { brokenOnDisk } from '../support/laws-of-the-disk.js'
import { brokenLaws } from '../support/laws-of-storage.js'
import { copyLedger, type Ledger } from '../support/ledger.js'
import { storageOf } from '../support/storage-of.js'
import { loseEverything, losePart } from '../support/power-loss/materialise.js'
import { Medium } from '../support/power-loss/medium.js'
import { randomFrom } from '../support/random.js'
import { newProcess, type StoreProcess } from '../support/store-process.js'
import { changesVolume, type Call, type Interference } from '../support/watched-syscalls.js'
import { copyTree, type World } from '../support/world.js'
import type { Operation } from './operations.js'

const isStep = (call: Call, { steps = changesVolume, ofInterest = () => true }: Operation): boolean =>
  steps(call) && ofInterest(call)

/** What a step is called: the call and its place, with the ids of one run taken out. */
function stepName({ name, path }: Call): string {
  const place = path.replace(/\d{8}T\d{6}Z-[0-9a-z]+/g, '<version>')
  return `${name} ${place === '' ? 'the root' : place.replace(/\.lease-\d+/, '.lease')}`
}

/** What an operation does when nothing happens. */
export interface InPeace {
  /** In order. */
  readonly steps: readonly string[]
  /** All that is on the volume afterwards. */
  readonly names: ReadonlySet<string>
}

/** Carries the operation out in peace. */
export async function inPeace(world: World, operation: Operation, directory: string): Promise<InPeace> {
  const steps: string[] = []
  const volume = copyTree(world.volume, join(directory, 'in-peace'))
  const process = newProcess(new Medium(volume))
  const ledger = copyLedger(world.ledger)
  const note: Interference = (call) => {
    if (isStep(call, operation)) steps.push(stepName(call))
  }
  await live(process, operation, ledger, world, note)
  const names = new Set(namesOn(volume))
  await process.kill()
  return { steps, names }
}

/** Every path on the volume but its owner's own. */
function namesOn(volume: string): string[] {
  const names = readdirSync(volume, { recursive: true }).map(String)
  return names.filter((name) => !/^\.(lease-|owner)/.test(name))
}

export interface Crash {
  /** Counted from 0; beyond the last step the process ends after the answer. */
  readonly step: number
  /** Whether half of a write reaches the volume. */
  readonly half: boolean
}

/**
 * Carries the operation out, kills the process at the step, and looks at what a killed process, a loss of
 * power and a loss of power with luck leave: at once, after the next start, and after the operation was
 * asked for again.
 * @returns what is broken, in sentences
 */
export async function crashAt(
  world: World,
  operation: Operation,
  { step, half }: Crash,
  { names }: InPeace,
  directory: string,
): Promise<string[]> {
  const killed = join(directory, 'killed')
  const medium = new Medium(copyTree(world.volume, killed))
  const process = newProcess(medium)
  const ledger = copyLedger(world.ledger)
  let count = -1
  const dieAtStep: Interference = (call) => {
    if (!isStep(call, operation)) return undefined
    count += 1
    if (count !== step) return undefined
    if (half && call.name === 'write' && (call.size ?? 0) > 1) return 'half'
    return process.sys.die()
  }
  await live(process, operation, ledger, world, dieAtStep).catch((error: Error) => {
    if (count < step) throw error
  })
  await process.kill()
  const trees = {
    'power was lost': join(directory, 'lost'),
    'power was lost in part': join(directory, 'part'),
  }
  loseEverything(medium, trees['power was lost'])
  losePart(medium, trees['power was lost in part'], randomFrom(`${operation.name}/${step}`))
  const broken = await goOn('it was killed', medium, world, operation, copyLedger(ledger))
  const left = namesOn(killed).filter((name) => !names.has(name))
  if (left.length > 0) broken.push(`it was killed: in the end ${left.join(', ')} is left over`)
  for (const [what, tree] of Object.entries(trees))
    broken.push(...(await goOn(what, new Medium(tree), world, operation, copyLedger(ledger))))
  return broken
}

/** Looks at once, starts, looks, asks again, looks, and loses the power once more. */
async function goOn(
  what: string,
  medium: Medium,
  world: World,
  operation: Operation,
  ledger: Ledger,
): Promise<string[]> {
  const told = (when: string, broken: readonly string[]): string[] =>
    broken.map((sentence) => `${what}, ${when}: ${sentence}`)
  const broken = told('at once', brokenOnDisk(medium.path, ledger))
  const process = newProcess(medium)
  const look = async (): Promise<string[]> => brokenLaws(medium.path, storageOf(store), ledger)
  const store = await process.start()
  broken.push(...told('after a start', await look()))
  try {
    await operation.run(carefulClient(store, ledger), store, world, process.sys)
    broken.push(...told('when asked again', await look()))
  } catch (error) {
    broken.push(...told('when asked again', [String(error)]))
  }
  await process.kill()
  const tree = `${medium.path}-again`
  loseEverything(medium, tree)
  broken.push(...told('without power again', brokenOnDisk(tree, ledger)))
  return broken
}

/** One life: the start, what came before, and the operation with `interfere` from its first call on. */
async function live(
  process: StoreProcess,
  operation: Operation,
  ledger: Ledger,
  world: World,
  interfere: Interference,
): Promise<void> {
  if (operation.whileStarting) process.sys.interfere = interfere
  const store = await process.start()
  process.sys.interfere = interfere
  await operation.run(carefulClient(store, ledger), store, world, process.sys)
}
