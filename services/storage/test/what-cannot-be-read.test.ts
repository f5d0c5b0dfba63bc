import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { waitUntil } from '@goldkeep/testing'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { listInventory } from '../src/operations/list-inventory.js'
import {
  bytesIn,
  lab,
  useShelf,
  other,
  primary,
  readAll,
  sealStaged,
  stageVersion,
} from './commands/shelf.js'
import { orders } from './commands/orders.js'
import { expectRefusal } from './commands/refused.js'
import { bytesOf } from './support/bytes.js'
import { directSyscalls } from './support/direct-syscalls.js'
import { newVersion, part1, schema, startTestHouse, type TestHouse } from './support/test-house.js'
import { errno, watchSyscalls, type Call } from './support/watched-syscalls.js'
import { sealFileOf, writeWhole } from './support/write-stream.js'

const directory = `images/${lab.imageId}/versions`
const version = `${directory}/${other}`
const first1 = { epoch: 1, opSeq: 1 }

/** The calls that fail while storage starts. */
const failures: Readonly<Record<string, (call: Call) => boolean>> = {
  'its directory': ({ name, path }) => name === 'open' && path === version,
  'its manifest': ({ name, path }) => name === 'read' && path === `${version}/version.json`,
  'the list of its image': ({ name, path }) => name === 'readdir' && path === directory,
}
const cases = Object.entries(failures).flatMap(([what, fails]) =>
  ['EIO', 'ESTALE', 'EACCES'].map((code) => ({ what, fails, code })),
)

describe('a version that cannot be read when storage starts', () => {
  const shelf = useShelf()

  /** @returns what lets the volume be read again */
  async function reopenFailing(fails: (call: Call) => boolean, code: string): Promise<() => void> {
    const sys = watchSyscalls(directSyscalls)
    sys.interfere = (call) => {
      if (fails(call)) throw errno(code)
    }
    await shelf.reopen({ sys })
    return () => {
      sys.interfere = () => {}
    }
  }
  async function lookAgain(): Promise<void> {
    for (const one of shelf.store.unreadable()) await shelf.store.lookAgain(one)
  }
  const told = () => [...listInventory(shelf.store, undefined)]
  const versionsTold = () => told().flatMap(({ versions = [] }) => versions.map(({ versionId }) => versionId))
  const unreadableTold = () => told().flatMap(({ unreadable = [] }) => unreadable)

  test.each(cases)(
    'is told as unreadable while $what answers $code, and read once it can be',
    async (one) => {
      const heal = await reopenFailing(one.fails, one.code)
      expect(versionsTold()).not.toContain(other)
      expect(told().flatMap(({ copies = [] }) => copies)).toEqual([])
      const isOfImage = one.what === 'the list of its image'
      expect(unreadableTold()).toEqual([{ imageId: lab.imageId, versionId: isOfImage ? '' : other }])
      await lookAgain()
      expect(unreadableTold()).toHaveLength(1)
      heal()
      await lookAgain()
      expect(unreadableTold()).toEqual([])
      expect(versionsTold().sort()).toEqual([primary, other].sort())
      expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
    },
  )

  test.each(Object.entries(failures))('lets nothing be decided while %s fails', async (_, fails) => {
    await reopenFailing(fails, 'EIO')
    const { store } = shelf
    const refuses = (call: () => Promise<unknown>): Promise<void> => expectRefusal(shelf, 'IO_ERROR', call)
    await refuses(() => stageVersion(store, other, lab.imageId))
    await refuses(() => store.view(other))
    await refuses(() => store.endUpload(other, 'ABORTED', first1))
    await refuses(() => readAll(store, other))
    await refuses(() => store.readManifest(other))
    await refuses(() => orders.restore(store, first1))
    await refuses(() => orders.purge(store, first1))
    await refuses(() => orders.move(store, first1))
    await refuses(() => orders.clone(store, first1, newVersion(), other))
  })

  test('is not taken for a version while its seal was not answered, and is by the next start', async () => {
    const dying = watchSyscalls(directSyscalls)
    await shelf.reopen({ sys: dying })
    const sealed = newVersion()
    await stageVersion(shelf.store, sealed, lab.imageId)
    const isRename = ({ name, to }: Call) => name === 'rename' && to === `${directory}/${sealed}`
    dying.interfere = ({ name }) => {
      if (name === 'fsync' && dying.calls.some(isRename)) dying.die()
    }
    await expect(sealStaged(shelf.store, sealed)).rejects.toThrow('killed')
    const heal = await reopenFailing(
      ({ name, path }) => name === 'read' && path === `${directory}/${sealed}/hd0/part1.winpe.wim`,
      'EIO',
    )
    const asUnreadable = [{ imageId: lab.imageId, versionId: sealed }]
    expect(unreadableTold()).toEqual(asUnreadable)
    heal()
    await lookAgain()
    expect(unreadableTold()).toEqual(asUnreadable)
    expect(versionsTold()).not.toContain(sealed)
    await shelf.reopen()
    expect(versionsTold()).toContain(sealed)
  })

  test('is told as missing once it is found to be gone', async () => {
    const heal = await reopenFailing(({ name, path }) => name === 'open' && path === version, 'ESTALE')
    heal()
    await rm(join(shelf.volume, version), { recursive: true })
    await lookAgain()
    expect(unreadableTold()).toEqual([])
    expect(told().flatMap(({ copies = [] }) => copies)).toEqual([])
    expect(versionsTold()).toEqual([primary])
  })

  test('can be trashed by its directory, and is whole in the trash', async () => {
    const heal = await reopenFailing(({ name, path }) => name === 'read' && path.startsWith(version), 'EIO')
    await orders.trash(shelf.store, first1)
    heal()
    await lookAgain()
    expect(unreadableTold()).toEqual([])
    expect(await readAll(shelf.store, other)).toEqual(bytesIn(other))
  })

  test('does not keep its image.json, which cannot be read either, from being told as such', async () => {
    const heal = await reopenFailing(({ path }) => path === `images/${lab.imageId}/image.json`, 'EIO')
    const unread = () => told().flatMap(({ unreadImageIds = [] }) => unreadImageIds)
    expect(unread()).toEqual([lab.imageId])
    expect(shelf.store.publications()).toEqual([])
    heal()
    await lookAgain()
    expect(unread()).toEqual([])
    expect(shelf.store.publications()).toMatchObject([{ imageId: lab.imageId }])
  })

  test('in the trash stays in the trash', async () => {
    await orders.trash(shelf.store, first1)
    await reopenFailing(({ name, path }) => name === 'lstat' && path.startsWith(`trash/${other}@`), 'EIO')
    expect(shelf.store.trashed()).toMatchObject([{ versionId: other }])
  })
})

describe('storage that could not read a version', () => {
  let house: TestHouse
  beforeEach(async () => {
    house = await startTestHouse()
  })
  afterEach(() => house.close())

  test('looks again by itself, and tells the catalog', async () => {
    const versionId = newVersion()
    const bytes = bytesOf(1_000, 'read again')
    const { uploads } = await house.uploader(versionId)
    await uploads.open({ versionId, schema })
    await writeWhole(await house.uploader(versionId), versionId, part1, bytes)
    await uploads.seal({ versionId, files: [sealFileOf(part1, bytes)] })
    const syscalls = watchSyscalls()
    let isFailing = true
    syscalls.interfere = ({ path }) => {
      if (isFailing && path.endsWith(`/${versionId}`)) throw errno('ESTALE')
    }
    await house.restart({ syscalls })
    const lastTold = () => house.catalog.inventories.at(-1)
    await waitUntil(() => lastTold()?.unreadable.length === 1, { what: 'the version is told as unreadable' })
    expect(lastTold()).toMatchObject({ versions: [], copies: [], unreadable: [{ versionId }] })
    isFailing = false
    await waitUntil(() => lastTold()?.versions.length === 1, { what: 'the version is told as held' })
    expect(lastTold()).toMatchObject({ versions: [{ versionId }], unreadable: [] })
  })
})
