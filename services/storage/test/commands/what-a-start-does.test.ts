// one file because its rows are the cells of one table, of which each is read beside the others
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { VersionId } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listInventory } from '../../src/operations/list-inventory.js'
import type { VersionStore } from '../../src/store/version-store.js'
import { bytesOf, sha256 } from '../support/bytes.js'
import { directSyscalls } from '../support/direct-syscalls.js'
import { manifestOf } from '../support/manifest-of.js'
import { watchSyscalls, type Call, type WatchedSyscalls } from '../support/watched-syscalls.js'
import { orders, trashName } from './orders.js'
import { bytesIn, first, fresh, lab, makeShelves, other, second, stageVersion, type Shelf } from './shelf.js'

let shelves: Awaited<ReturnType<typeof makeShelves>>
let shelf: Shelf
let sys: WatchedSyscalls
beforeAll(async () => {
  shelves = await makeShelves()
})
afterAll(() => shelves.remove())
beforeEach(async () => {
  sys = watchSyscalls(directSyscalls)
  shelf = await shelves.shelf(sys)
})
afterEach(() => shelf.close())

const at = (...parts: string[]): string => join(shelf.volume, ...parts)
const place = (imageId: string, versionId = other): string => at('images', imageId, 'versions', versionId)
const lying = (): string => at('trash', trashName)
const first1 = { epoch: 1, opSeq: 1 }
const then2 = { epoch: 1, opSeq: 2 }
const trash = () => orders.trash(shelf.store, first1)

/** Lets storage die at a call of a command. */
async function dieAt(isPoint: (call: Call) => boolean, command: () => Promise<unknown>): Promise<void> {
  sys.interfere = (call) => {
    if (isPoint(call)) sys.die()
  }
  await expect(command()).rejects.toThrow('killed')
}
const renameTo =
  (part: string) =>
  ({ name, to }: Call) =>
    name === 'rename' && to?.endsWith(part) === true
const afterRenameTo = (part: string) => {
  const isRename = renameTo(part)
  return ({ name }: Call) => name === 'fsync' && sys.calls.some(isRename)
}

async function stage(): Promise<void> {
  await stageVersion(shelf.store, fresh, lab.imageId)
}
async function seal(): Promise<void> {
  const bytes = bytesIn(fresh)
  const entries = [first, second].map((path) => ({ path, size: bytes.length, sha256: sha256(bytes) }))
  const candidate = await shelf.store.prepareSeal(fresh, entries)
  await shelf.store.seal(fresh, manifestOf(shelf.store.identity, candidate))
}

/** What the catalog is told of a version, and where. */
function toldOf(store: VersionStore, versionId: VersionId): string {
  const told: string[] = []
  for (const batch of listInventory(store, undefined)) {
    const { uploads = [], versions = [], copies = [], trash: lies = [] } = batch
    const of = <Entry extends { readonly versionId: string }>(entries: readonly Entry[]): Entry[] =>
      entries.filter((entry) => entry.versionId === versionId)
    told.push(...of(uploads).map(() => 'staging'))
    told.push(...of(versions).map(({ imageId }) => `versions of ${imageId}`))
    told.push(
      ...of(copies).map((copy) => `${copy.manifestDigest ? 'copy' : 'unreadable'} in ${copy.imageId}`),
    )
    told.push(
      ...of(lies).map(({ purging, manifestDigest, imageId }) =>
        [purging ? 'purging' : 'trash', ...(manifestDigest ? [] : ['unreadable']), `of ${imageId}`].join(' '),
      ),
    )
  }
  return told.sort().join(', ') || 'nowhere'
}

type Row = readonly [
  shows: string,
  of: VersionId,
  arrange: () => Promise<unknown>,
  told: string,
  /** What the start itself does; else the volume stays as it is. */
  does?: 'changes the volume',
]

const rows: readonly Row[] = [
  ['staging', fresh, stage, 'staging'],
  [
    'staging without a journal',
    fresh,
    () => mkdir(at('staging', fresh, 'tree'), { recursive: true }),
    'nowhere',
  ],
  [
    'staging with a seal that was begun',
    fresh,
    async () => {
      await stage()
      await dieAt(renameTo(`versions/${fresh}`), seal)
    },
    'staging, versions of win11-lab',
    'changes the volume',
  ],
  [
    'a seal that was not ended, over other bytes',
    fresh,
    async () => {
      await stage()
      await dieAt(afterRenameTo(`versions/${fresh}`), seal)
      await rm(join(place('win11-lab', fresh), first))
      await writeFile(join(place('win11-lab', fresh), first), bytesOf(1_500, 'other bytes'))
    },
    // Nobody is told of it as a version: it was never answered, and is not what it was to be.
    'staging',
  ],
  [
    'staging with an end that was begun',
    fresh,
    async () => {
      await stage()
      await dieAt(renameTo(`.ended-${fresh}`), () => shelf.store.endUpload(fresh, 'ABORTED', first1))
    },
    'nowhere',
    'changes the volume',
  ],
  ['versions', other, async () => {}, 'versions of win11-lab'],
  [
    'an empty directory in versions',
    fresh,
    () => mkdir(place('win11-lab', fresh)),
    'unreadable in win11-lab',
  ],
  [
    'versions under another version’s name',
    fresh,
    () => cp(place('win11-lab'), place('win11-lab', fresh), { recursive: true }),
    'unreadable in win11-lab',
  ],
  [
    'versions of two images',
    other,
    () => cp(place('win11-lab'), place('zoo'), { recursive: true }),
    'copy in zoo, versions of win11-lab',
  ],
  [
    'versions, where a trash was begun',
    other,
    () => dieAt(renameTo(`trash/${trashName}`), trash),
    // Its sidecar is there already, and the repeat writes it again.
    'versions of win11-lab',
  ],
  [
    'versions, where a move was begun',
    other,
    () => dieAt(renameTo(`office/versions/${other}`), () => orders.move(shelf.store, first1)),
    'versions of win11-lab',
  ],
  [
    'versions of another image, where a move was not ended',
    other,
    () => dieAt(afterRenameTo(`office/versions/${other}`), () => orders.move(shelf.store, first1)),
    'versions of office',
  ],
  [
    'versions and trash',
    other,
    async () => {
      await trash()
      await cp(lying(), place('win11-lab'), { recursive: true })
    },
    'trash of win11-lab, versions of win11-lab',
  ],
  ['trash', other, trash, 'trash of win11-lab'],
  [
    'trash, where it was not ended',
    other,
    () => dieAt(afterRenameTo(`trash/${trashName}`), trash),
    'trash of win11-lab',
  ],
  [
    'trash, where a restore was begun',
    other,
    async () => {
      await trash()
      await dieAt(renameTo(`versions/${other}`), () => orders.restore(shelf.store, then2))
    },
    'trash of win11-lab',
  ],
  [
    'trash, where a purge was begun',
    other,
    async () => {
      await trash()
      await dieAt(renameTo(`.purging-${trashName}`), () => orders.purge(shelf.store, then2))
    },
    'trash of win11-lab',
  ],
  [
    'trash without its sidecar',
    other,
    async () => {
      await trash()
      await rm(`${lying()}.json`)
    },
    'trash of win11-lab',
  ],
  [
    'trash without a manifest',
    other,
    async () => {
      await trash()
      await rm(join(lying(), 'version.json'))
    },
    'trash unreadable of win11-lab',
  ],
  [
    'something else in the trash',
    other,
    async () => {
      await trash()
      await rename(lying(), at('trash', `${other} - Copy`))
      await writeFile(at('trash', 'notes.txt'), 'someone wrote this')
    },
    'nowhere',
  ],
  [
    '.purging, by a command',
    other,
    async () => {
      await trash()
      await dieAt(
        ({ name }) => name === 'unlink' && sys.calls.some(renameTo(`.purging-${trashName}`)),
        () => orders.purge(shelf.store, then2),
      )
    },
    'nowhere',
    'changes the volume',
  ],
  [
    '.purging, by nobody',
    other,
    async () => {
      await trash()
      await rename(lying(), at('trash', `.purging-${trashName}`))
    },
    'purging of win11-lab',
  ],
  [
    'nowhere, where a trash was not ended',
    other,
    async () => {
      await dieAt(afterRenameTo(`trash/${trashName}`), trash)
      await rm(lying(), { recursive: true })
    },
    'nowhere',
  ],
  [
    'a clone that was begun',
    fresh,
    () => dieAt(renameTo(`versions/${fresh}`), () => orders.clone(shelf.store, first1)),
    'nowhere',
    'changes the volume',
  ],
  [
    'versions, where a clone was not ended',
    fresh,
    () => dieAt(afterRenameTo(`versions/${fresh}`), () => orders.clone(shelf.store, first1)),
    'versions of office',
  ],
  [
    'a clone that nobody has begun',
    fresh,
    () => cp(place('win11-lab'), at('staging', `.clone-${fresh}`), { recursive: true }),
    'nowhere',
  ],
]

// A journal is given an empty frame when it is opened.
const treeWithoutJournals = async () => (await shelf.tree()).filter((line) => !line.includes('/journal '))

describe('a start that finds', () => {
  test.each(rows.map((row) => ({ shows: row[0], row })))('$shows', async ({ row }) => {
    const [, versionId, arrange, told, does] = row
    await arrange()
    const before = await treeWithoutJournals()
    await shelf.reopen()
    await waitUntil(() => toldOf(shelf.store, versionId) === told, {
      what: `${told} is told, not ${toldOf(shelf.store, versionId)}`,
    })
    const after = await treeWithoutJournals()
    if (does) expect(after).not.toEqual(before)
    else expect(after).toEqual(before)
    // What is told twice is told the same: a start leaves nothing half done for the next.
    await shelf.reopen()
    expect(toldOf(shelf.store, versionId)).toBe(told)
    expect(await treeWithoutJournals()).toEqual(after)
  })
})

test('a start keeps the same id with other bytes, and tells which', async () => {
  const twin = place('zoo')
  await cp(place('win11-lab'), twin, { recursive: true })
  const manifest = JSON.parse((await shelf.store.readManifest(other)).toString()) as object
  await shelf.reopen({
    meanwhile: async () => {
      await rm(join(twin, 'version.json'))
      await writeFile(join(twin, 'version.json'), JSON.stringify({ ...manifest, agent: 'another' }))
      await writeFile(join(twin, 'notes.bin'), bytesOf(10, 'stranger'))
    },
  })
  const [copy] = shelf.store.copies()
  expect(copy).toMatchObject({ versionId: other, imageId: 'zoo' })
  expect(copy?.manifestDigest).not.toBe(shelf.store.findVersion(other)?.manifestDigest)
})
