import type { Call, WatchedSyscalls } from '../support/watched-syscalls.js'
import { contentOf, lab, secondFile } from '../support/world.js'
import { fresh, stageAndWrite, type Operation } from './operations.js'

const rest = async (): Promise<void> => {}

/** Does something and is killed at the first call that fits. */
async function diedIn(
  sys: WatchedSyscalls,
  fits: (call: Call) => boolean,
  work: () => Promise<void>,
): Promise<void> {
  sys.interfere = (call) => {
    if (fits(call)) sys.die()
  }
  const error = await work().then(
    () => new Error('no call fitted'),
    (thrown: Error) => thrown,
  )
  if (error.message !== 'killed') throw error
}

const isSealRename = ({ name, path }: Call): boolean => name === 'rename' && path === `staging/${fresh}/tree`

/** More than the purge of a small version takes. */
const turnsOfAPurge = 100

const recovering = ({ path }: Call): boolean => path.includes('/') && !path.includes('.goldkeep-probe')

/** Starts after a process that ended in the middle of something. */
export const recoveries: readonly Operation[] = [
  { name: 'a start in peace', whileStarting: true, run: rest },
  {
    name: 'a start that cuts back what was not acknowledged',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, { open }) => {
      const writer = await client.goOn(open, secondFile, contentOf('open/2'))
      await writer.append(contentOf('open/2').subarray(writer.size))
      await writer.close()
    },
    run: rest,
  },
  {
    name: 'a start that rolls a seal forward',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, _world, sys) => {
      await stageAndWrite(client)
      const sums = ({ name, path }: Call): boolean => name === 'rename' && path.endsWith('.SHA256SUMS.new')
      await diedIn(sys, sums, () => client.seal(fresh))
    },
    run: rest,
  },
  {
    name: 'a start that finds a seal renamed and not synced',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, _world, sys) => {
      await stageAndWrite(client)
      const next = ({ name, path }: Call): boolean =>
        name === 'fsync' && path.endsWith('/versions') && sys.calls.some(isSealRename)
      await diedIn(sys, next, () => client.seal(fresh))
    },
    run: rest,
  },
  {
    name: 'a start that carries out an end',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, { open }, sys) => {
      const removal = ({ name, path }: Call): boolean => name === 'rename' && path.endsWith(open)
      await diedIn(sys, removal, () => client.end(open, 'EXPIRED', 1))
    },
    run: rest,
  },
  {
    name: 'a start that goes on with a removal',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, { open }, sys) => {
      const schema = ({ name, path }: Call): boolean => name === 'unlink' && path.endsWith('/schema')
      await diedIn(sys, schema, () => client.end(open, 'EXPIRED', 1))
    },
    run: rest,
  },
  {
    name: 'a start that removes half a clone',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, { good }, sys) => {
      const manifest = ({ name, path }: Call): boolean =>
        name === 'rename' && path.endsWith('/.version.json.new')
      await diedIn(sys, manifest, () => client.clone(good, fresh, lab, 1))
    },
    run: rest,
  },
  {
    name: 'a start that goes on with a purge',
    whileStarting: true,
    ofInterest: recovering,
    before: async (client, _store, { better }, sys) => {
      await client.trash(better, lab, 2)
      const first = ({ name, path }: Call): boolean => name === 'unlink' && path.includes('/.purging-')
      await diedIn(sys, first, () => client.purge(better, 3))
    },
    run: async (client, store, { better }, sys) => {
      // It goes on by itself, unless the volume fails it; in the end the catalog asks again.
      for (let turn = 0; turn < turnsOfAPurge && !sys.dead; turn += 1) {
        if (store.trashed().every(({ isPurging }) => !isPurging)) break
        await new Promise((resolve) => setImmediate(resolve))
      }
      await client.purge(better, 3)
    },
  },
]
