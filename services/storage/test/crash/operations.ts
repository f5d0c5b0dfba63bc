import { parseImageId, type FilePath, type VersionId } from '@goldkeep/domain'
import type { VersionStore } from '../../src/store/version-store.js'
import { bytesOf } from '../support/bytes.js'
import type { CarefulClient } from '../support/careful-client.js'
import { knownVersion } from '../support/ledger.js'
import type { Call, WatchedSyscalls } from '../support/watched-syscalls.js'
import { contentOf, firstFile, freshVersion, lab, office, secondFile, type World } from '../support/world.js'

/** What storage is asked to do while it is killed; asking again after any end must lead to the same. */
export interface Operation {
  readonly name: string
  /** What another process did before, until it was killed. */
  readonly before?: (
    client: CarefulClient,
    store: VersionStore,
    world: World,
    sys: WatchedSyscalls,
  ) => Promise<void>
  /** Whether the process may end while it starts. */
  readonly whileStarting?: boolean
  /** What is a step of it; unless told, what changes the volume or makes a change durable. */
  readonly steps?: (call: Call) => boolean
  /** Which steps are looked at, where the others are those of every start. */
  readonly ofInterest?: (call: Call) => boolean
  /** Looks at every n-th step only, where the others are steps of operations that are tried by themselves. */
  readonly stride?: number
  readonly run: (
    client: CarefulClient,
    store: VersionStore,
    world: World,
    sys: WatchedSyscalls,
  ) => Promise<void>
}

export const fresh = freshVersion()

/** Each half begins or ends within a block, and has whole blocks enough to be written directly. */
const large = bytesOf(150_000, 'large')

export const stageAndWrite = async (client: CarefulClient): Promise<void> => {
  await client.stage(fresh, lab)
  await client.write(fresh, firstFile, contentOf('fresh/1'))
}

/** Reads a version, and fails unless all of it is what was sealed. */
async function readAll(store: VersionStore, { ledger }: World, versionId: VersionId): Promise<void> {
  await store.readManifest(versionId)
  for (const [path, bytes] of knownVersion(ledger, versionId).files) {
    const file = await store.openFile(versionId, path as FilePath)
    try {
      const half = file.size >> 1
      const parts = [await file.read(0, half), await file.read(half, file.size - half)]
      if (!Buffer.concat(parts).equals(bytes)) throw new Error(`${path} of ${versionId} has other bytes`)
    } finally {
      await file.close()
    }
  }
}

export const operations: readonly Operation[] = [
  { name: 'open', run: (client) => client.stage(fresh, lab) },
  {
    name: 'write',
    before: (client) => client.stage(fresh, lab),
    run: (client) => client.write(fresh, firstFile, contentOf('fresh/1')),
  },
  {
    name: 'write of large parts, past the page cache',
    before: (client) => client.stage(fresh, lab),
    run: (client) => client.write(fresh, firstFile, large),
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
    stride: 5,
    run: async (client, store) => {
      await stageAndWrite(client)
      await client.write(fresh, secondFile, contentOf('fresh/2'))
      await client.seal(fresh)
      await store.forgetUpload(fresh)
    },
  },
  {
    name: 'forgetting of a sealed upload',
    before: async (client) => {
      await stageAndWrite(client)
      await client.seal(fresh)
    },
    run: (_client, store) => store.forgetUpload(fresh),
  },
  { name: 'end of an upload', run: (client, _store, { open }) => client.end(open, 'ABORTED', 1) },
  {
    name: 'read',
    steps: () => true,
    run: (_client, store, world) => readAll(store, world, world.good),
  },
  {
    name: 'publication of another primary',
    run: (client, _store, { better }) => client.publish(lab, 2, better),
  },
  { name: 'publication without a primary', run: (client) => client.publish(lab, 2) },
  { name: 'trash', run: (client, _store, { better }) => client.trash(better, lab, 2) },
  {
    name: 'trash of the primary that was',
    before: (client) => client.publish(lab, 2),
    run: (client, _store, { good }) => client.trash(good, lab, 2),
  },
  {
    name: 'restore',
    before: (client, _store, { better }) => client.trash(better, lab, 2),
    run: (client, _store, { better }) => client.restore(better, lab, 3),
  },
  {
    name: 'purge',
    before: (client, _store, { better }) => client.trash(better, lab, 2),
    run: (client, _store, { better }) => client.purge(better, 3),
  },
  {
    name: 'clone into another image',
    run: (client, _store, { good }) => client.clone(good, fresh, office, 1),
  },
  {
    name: 'clone into a new image',
    stride: 3,
    run: (client, _store, { good }) => client.clone(good, fresh, parseImageId('kiosk'), 1),
  },
  { name: 'move', run: (client, _store, { better }) => client.move(better, office, 2) },
]
