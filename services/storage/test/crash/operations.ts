import type { VersionStore } from '../../src/store/version-store.js'
import type { CarefulClient } from '../support/careful-client.js'
import { contentOf, firstFile, freshVersion, lab, secondFile, type World } from '../support/world.js'

/** What storage is asked to do while it is killed; asking again after any end must lead to the same. */
export interface Operation {
  readonly name: string
  /** What has been answered before; the process that did it was stopped in peace. */
  readonly before?: (client: CarefulClient, store: VersionStore, world: World) => Promise<void>
  /** Whether the process may end while it starts. */
  readonly whileStarting?: boolean
  readonly run: (client: CarefulClient, store: VersionStore, world: World) => Promise<void>
}

const fresh = freshVersion()

const stageAndWrite: Operation['run'] = async (client) => {
  await client.stage(fresh, lab)
  await client.write(fresh, firstFile, contentOf('fresh/1'))
}

export const operations: readonly Operation[] = [
  { name: 'start', whileStarting: true, run: async () => {} },
  { name: 'open', run: (client) => client.stage(fresh, lab) },
  {
    name: 'write',
    before: (client) => client.stage(fresh, lab),
    run: (client) => client.write(fresh, firstFile, contentOf('fresh/1')),
  },
  {
    name: 'resume',
    run: (client, _store, { open }) => client.write(open, secondFile, contentOf('open/2')),
  },
  {
    name: 'restart of a file',
    run: (client, _store, { open }) => client.write(open, secondFile, contentOf('another run')),
  },
  {
    name: 'restart of a complete file',
    run: (client, _store, { open }) => client.write(open, firstFile, contentOf('another run')),
  },
  { name: 'seal', before: stageAndWrite, run: (client) => client.seal(fresh) },
  {
    name: 'upload from open to seal',
    run: async (client, store, world) => {
      await stageAndWrite(client, store, world)
      await client.write(fresh, secondFile, contentOf('fresh/2'))
      await client.seal(fresh)
      await store.forgetUpload(fresh)
    },
  },
  {
    name: 'forgetting of a sealed upload',
    before: async (client, store, world) => {
      await stageAndWrite(client, store, world)
      await client.seal(fresh)
    },
    run: (_client, store) => store.forgetUpload(fresh),
  },
  { name: 'end of an upload', run: (client, _store, { open }) => client.end(open, 'ABORTED', 1) },
  {
    name: 'publication of another primary',
    run: (client, _store, { better }) => client.publish(lab, 2, better),
  },
  { name: 'publication without a primary', run: (client) => client.publish(lab, 2) },
]
