import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import {
  newVersionId,
  parseFilePath,
  parseHouseId,
  parseImageId,
  parseUid,
  type ImageId,
  type VersionId,
} from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { directoryInMemory, treeOf } from '@goldkeep/testing'
import { formatImageDocument, formatMajor, volumeLayout } from '@goldkeep/volume'
import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takeVolume, type VolumeOptions } from '../../src/store/disk/open-volume.js'
import type { Syscalls } from '../../src/store/disk/syscalls.js'
import type { VersionStore } from '../../src/store/version-store.js'
import { bytesOf, sha256 } from '../support/bytes.js'
import { directSyscalls } from '../support/direct-syscalls.js'
import { manifestOf } from '../support/manifest-of.js'
import { grantOf, schema } from '../support/test-house.js'
import { copyTree } from '../support/world.js'
import { basesOf } from '../support/bases.js'

export const lab = { imageId: parseImageId('win11-lab'), imageUid: parseUid('uid-0123456789abcdefghij') }
export const office = { imageId: parseImageId('office'), imageUid: parseUid('uid-abcdefghij0123456789') }
export const first = parseFilePath('hd0/part1.winpe.wim')
export const second = parseFilePath('hd0/part2.winpe.wim')
const house = parseHouseId('hse-0123456789abcdef')
const log = createLogger('storage', 'silent')

/** Sealed versions of the lab's image: the first is published as its primary. */
export const primary = newVersionId(new Date('2026-11-22T18:15:02Z'))
export const other = newVersionId(new Date('2026-11-23T18:15:02Z'))
/** An id that nothing on the shelf has. */
export const fresh = newVersionId(new Date('2026-11-24T18:15:02Z'))
export const bytesIn = (versionId: VersionId): Buffer => bytesOf(1_500, versionId)

/** A volume with two versions, and the store that serves it. */
export interface Shelf {
  readonly volume: string
  readonly store: VersionStore
  /** Every byte on the volume, without what changes by itself. */
  tree(): Promise<string[]>
  /** The journal of commands as it is on the volume. */
  journal(): Promise<Buffer>
  /** Ends the store, and begins another on what is there then. */
  reopen(options?: {
    sys?: Syscalls
    owning?: VolumeOptions
    meanwhile?: () => unknown
  }): Promise<VersionStore>
  close(): Promise<void>
}

/** Makes a volume once, of which each test gets a copy. */
export async function makeShelves(): Promise<{
  shelf(sys?: Syscalls): Promise<Shelf>
  remove(): Promise<void>
}> {
  const directory = await directoryInMemory('shelves')
  const original = join(directory.path, 'original')
  mkdirSync(original)
  const { store, end } = await openStore(original, directSyscalls)
  for (const versionId of [primary, other]) await sealVersion(store, versionId, lab.imageId)
  await publishPrimary(store, 1, primary)
  await end()
  let count = 0
  return {
    shelf: (sys) => openShelf(copyTree(original, join(directory.path, String(++count))), sys),
    remove: () => directory.remove(),
  }
}

/** A shelf for each test of the file, or of this `describe`. */
export function useShelf(): Shelf {
  let shelves: Awaited<ReturnType<typeof makeShelves>>
  let shelf: Shelf
  beforeAll(async () => {
    shelves = await makeShelves()
  })
  afterAll(() => shelves.remove())
  beforeEach(async () => {
    shelf = await shelves.shelf()
  })
  afterEach(() => shelf.close())
  return {
    get volume() {
      return shelf.volume
    },
    get store() {
      return shelf.store
    },
    tree: () => shelf.tree(),
    journal: () => shelf.journal(),
    reopen: (options) => shelf.reopen(options),
    close: () => shelf.close(),
  }
}

async function openShelf(volume: string, sys: Syscalls = directSyscalls): Promise<Shelf> {
  let running = await openStore(volume, sys)
  return {
    volume,
    get store() {
      return running.store
    },
    tree: () => treeOf(volume, { without: /^\.(lease|owner|trust|commands|reserve)|^volume\.json/ }),
    journal: () => readFile(join(volume, volumeLayout('').commands)),
    reopen: async ({ sys: next = directSyscalls, owning, meanwhile } = {}) => {
      await running.end()
      await meanwhile?.()
      running = await openStore(volume, next, owning)
      return running.store
    },
    close: () => running.end(),
  }
}

async function openStore(volume: string, sys: Syscalls, owning: VolumeOptions = {}) {
  const owned = await takeVolume(volume, log, new AbortController().signal, sys, owning)
  const store = await owned.open(house)
  const end = async (): Promise<void> => {
    await store.close().catch(unlessKilled)
    await owned.release().catch(unlessKilled)
  }
  return { store, end }
}

/** A process that was killed by its test closes nothing any more. */
function unlessKilled(error: unknown): void {
  if (!String(error).includes('killed')) throw error
}

/** Stages two files and seals them. */
export async function sealVersion(
  store: VersionStore,
  versionId: VersionId,
  imageId: ImageId,
): Promise<void> {
  await stageVersion(store, versionId, imageId)
  await sealStaged(store, versionId)
  await store.forgetUpload(versionId)
}

/** Seals what `stageVersion` has staged. */
export async function sealStaged(store: VersionStore, versionId: VersionId): Promise<void> {
  const bytes = bytesIn(versionId)
  const entries = [first, second].map((path) => ({ path, size: bytes.length, sha256: sha256(bytes) }))
  const candidate = await store.prepareSeal(versionId, entries)
  await store.seal(versionId, manifestOf(store.identity, candidate))
}

/** An upload of which every file is complete. */
export async function stageVersion(
  store: VersionStore,
  versionId: VersionId,
  imageId: ImageId,
): Promise<void> {
  const { capture, schemaDigest, beginTime } = grantOf()
  const upload = { versionId, imageId, imageUid: lab.imageUid, capture, schemaDigest, beginTime }
  await store.stage({ ...upload, schemaSize: schema.length }, schema)
  const bytes = bytesIn(versionId)
  for (const path of [first, second]) {
    const writer = await store.openAttempt(versionId, path, { kind: 'restart' }, () => {})
    await writer.append(bytes)
    await writer.finish(bytes.length, sha256(bytes))
    await writer.close()
  }
}

/** Publishes an image document; the fields not named are those of the lab's image. */
export function publishPrimary(
  store: VersionStore,
  generation: number,
  version: VersionId | null,
  fields: { readonly epoch?: number; readonly uid?: typeof lab.imageUid; readonly deleted_at?: string } = {},
  primaryElsewhere = false,
): Promise<number> {
  const { epoch = 1, uid = lab.imageUid } = fields
  const head = { format: formatMajor, house, image: lab.imageId, uid, epoch, generation, ...fields } as const
  const document = formatImageDocument({ ...head, primary: version })
  return store.publish({
    imageId: lab.imageId,
    imageUid: uid,
    epoch,
    generation,
    document,
    records: [],
    ...basesOf(document),
    primaryElsewhere,
    ...(version && { primary: version }),
  })
}

/** The whole of a file, by the store. */
export async function readAll(store: VersionStore, versionId: VersionId, path = first): Promise<Buffer> {
  const file = await store.openFile(versionId, path)
  try {
    return Buffer.from(await file.read(0, file.size))
  } finally {
    await file.close()
  }
}
