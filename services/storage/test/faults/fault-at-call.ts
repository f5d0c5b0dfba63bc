import { isTried, strideOf } from '@goldkeep/testing'
import { isDomainError } from '@goldkeep/domain'
import { join } from 'node:path'
import { carefulClient } from '../support/careful-client.js'
import type { Operation } from '../crash/operations.js'
import { brokenOnDisk } from '../support/laws-of-the-disk.js'
import { brokenLaws } from '../support/laws-of-storage.js'
import { copyLedger, type Ledger } from '../support/ledger.js'
import { loseEverything } from '../support/power-loss/materialise.js'
import { Medium } from '../support/power-loss/medium.js'
import { storageOf } from '../support/storage-of.js'
import { newProcess } from '../support/store-process.js'
import { changesVolume, errno, type Call } from '../support/watched-syscalls.js'
import { copyTree, type World } from '../support/world.js'

/** What a medium, a quota or a full table of open files answers to each call. */
const codes: Partial<Record<Call['name'], readonly string[]>> = {
  open: ['EMFILE', 'EIO', 'ENOSPC'],
  close: ['EIO'],
  read: ['EIO'],
  write: ['ENOSPC', 'EIO', 'EDQUOT'],
  ftruncate: ['EIO'],
  fsync: ['EIO', 'ENOSPC', 'EDQUOT'],
  fdatasync: ['EIO', 'EDQUOT', 'ENOSPC'],
  fchmod: ['EIO'],
  fstat: ['EIO'],
  statfs: ['EIO'],
  lstat: ['EIO', 'EMFILE'],
  readdir: ['EIO', 'EMFILE'],
  readlink: ['EIO'],
  mkdir: ['ENOSPC', 'EDQUOT', 'EIO'],
  rmdir: ['EIO'],
  rename: ['EIO', 'ENOSPC', 'EDQUOT'],
  link: ['ENOSPC', 'EMLINK', 'EIO'],
  unlink: ['EIO'],
  symlink: ['ENOSPC', 'EDQUOT', 'EIO'],
}

export interface Fault {
  /** Which call fails, counted from 0. */
  readonly call: number
  /** Which of the codes that the call may give. */
  readonly code: number
  /** Whether calls of this name fail from then on, as on a disk that stays full. */
  readonly lasting: boolean
}

export interface FaultOutcome {
  /** The call and its code; absent when there were not so many calls. */
  readonly at?: string
  readonly broken: readonly string[]
}

/** Of the calls that change nothing every so many fails. */
const readingStride = 10

/**
 * Carries the operation out in peace.
 * @returns the calls that shall fail, counted from 0, and of how many they are the sample
 */
export async function callsToFail(
  world: World,
  operation: Operation,
  directory: string,
): Promise<{ readonly calls: readonly number[]; readonly of: number }> {
  const process = newProcess(new Medium(copyTree(world.volume, directory)), true)
  const chosen: { readonly place: number; readonly call: Call }[] = []
  let count = -1
  let readings = 0
  const note = (call: Call): undefined => {
    count += 1
    if (operation.ofInterest?.(call) === false || codes[call.name] === undefined) return
    if (changesVolume(call) || readings++ % readingStride === 0) chosen.push({ place: count, call })
  }
  if (operation.whileStarting) process.sys.interfere = note
  const store = await process.start()
  process.sys.interfere = note
  await operation.run(carefulClient(store, copyLedger(world.ledger), true), store, world, process.sys)
  await process.kill()
  const calls = chosen
    .filter((_, index) => index % strideOf(operation) === 0)
    .filter(({ place, call }) => isTried(`${operation.name}/${place}`, `${call.name} ${call.path}`))
    .map(({ place }) => place)
  return { calls, of: chosen.length }
}

/**
 * Carries the operation out on a medium that fails, and looks at once, after it was asked for again without
 * the fault, and after a loss of power.
 */
export async function faultAt(
  world: World,
  operation: Operation,
  fault: Fault,
  directory: string,
): Promise<FaultOutcome> {
  const medium = new Medium(copyTree(world.volume, join(directory, 'faulty')))
  const process = newProcess(medium, true)
  const ledger = copyLedger(world.ledger)
  const broken: string[] = []
  const tell = (when: string, sentences: readonly string[]): void => {
    broken.push(...sentences.map((sentence) => `${when}: ${sentence}`))
  }
  let count = -1
  let at: { readonly name: Call['name']; readonly code: string; readonly path: string } | undefined
  const failing = ({ name, path }: Call): undefined => {
    count += 1
    const known = codes[name] ?? []
    const code = known[fault.code % known.length]
    if (count === fault.call && code !== undefined) at = { name, code, path }
    const hit = at?.name === name && (fault.lasting || count === fault.call)
    if (hit && at) throw errno(at.code, name)
  }

  if (operation.whileStarting) process.sys.interfere = failing
  const store = await process.start().catch((error: unknown) => {
    tell('the start', unclear(error, at?.code))
    return undefined
  })
  if (store) {
    process.sys.interfere = failing
    const ask = (): Promise<void> =>
      operation.run(carefulClient(store, ledger, true), store, world, process.sys)
    await ask().catch((error: unknown) => tell('the error', unclear(error, at?.code)))
    process.sys.interfere = () => undefined
    // What a faulty start could not read is not served until the next one.
    if (operation.whileStarting) tell('at once', brokenOnDisk(medium.path, ledger))
    else tell('at once', await brokenLaws(medium.path, storageOf(store), ledger))
    await ask().catch((error: unknown) =>
      tell('when asked again', wantsRestart(error) ? [] : [String(error)]),
    )
    tell('when asked again', brokenOnDisk(medium.path, ledger))
  }
  await process.kill()
  const lost = join(directory, 'lost')
  loseEverything(medium, lost)
  tell('without power', await goOn(lost, operation, world, ledger))
  return { ...(at && { at: `${at.code} at ${at.name} ${at.path}` }), broken }
}

/** After the fault a start succeeds, the laws hold, and what was asked for is done. */
async function goOn(volume: string, operation: Operation, world: World, ledger: Ledger): Promise<string[]> {
  const process = newProcess(new Medium(volume))
  const store = await process.start()
  const broken = await brokenLaws(volume, storageOf(store), ledger)
  try {
    await operation.run(carefulClient(store, ledger), store, world, process.sys)
    broken.push(...(await brokenLaws(volume, storageOf(store), ledger)))
  } catch (error) {
    broken.push(`the next start cannot do it: ${String(error)}`)
  }
  await process.kill()
  return broken
}

const full = ['ENOSPC', 'EDQUOT']

/** What is not clear about an error: whether there is room, what was being done, what the volume answered. */
function unclear(error: unknown, code: string | undefined): string[] {
  if (!isDomainError(error)) return isUnfit(error, code) ? [] : [`not of the domain: ${String(error)}`]
  const expected = full.includes(code ?? '') ? 'NO_SPACE' : 'IO_ERROR'
  // A file that a failed close or read leaves in doubt must be begun anew.
  if (error.reason === 'ATTEMPT_BROKEN' || wantsRestart(error)) return []
  if (error.reason !== expected)
    return [`expected ${expected} for ${code ?? 'no fault'}, found ${error.reason}`]
  const says = error.message.includes(code ?? '') && error.metadata.doing !== undefined
  return says ? [] : [`it does not say what was done or answered: ${error.message}`]
}

/** A start says of the volume what it tried, and what the volume answered. */
function isUnfit(error: unknown, code = ''): boolean {
  return error instanceof Error && error.name === 'UnfitVolumeError' && error.message.includes(code)
}

/** Until the next start a volume of which a sync failed may refuse, and says that it wants one. */
const wantsRestart = (error: unknown): boolean =>
  isDomainError(error, 'IO_ERROR') && /restart storage|storage must be restarted/.test(error.message)
