import { beforeEach, describe, expect, test } from '@jest/globals'
import { newVolumeId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { formatVolumeIdentity } from '@goldkeep/volume'
import { cpSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repairVolume } from '../src/repair-volume.js'
import { takeVolume } from '../src/store/disk/open-volume.js'
import { thisProcess } from '../src/store/disk/this-host.js'
import { orders } from './commands/orders.js'
import { useShelf } from './commands/shelf.js'

const shelf = useShelf()

const journal = (): string => join(shelf.volume, '.commands.journal')
const leaseFile = async (): Promise<string> => {
  const names = (await readdir(shelf.volume)).filter((name) => name.startsWith('.lease-'))
  expect(names).toHaveLength(1)
  return join(shelf.volume, names[0] ?? '')
}
const repair = () => repairVolume(shelf.volume, new AbortController().signal)
const late = () => orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
const refused = { reason: 'JOURNAL_DAMAGED' }

/** Where each frame of the journal begins. */
async function frameStarts(): Promise<number[]> {
  const bytes = await readFile(journal())
  const starts: number[] = []
  for (let at = 0; at < bytes.length; at += 16 + bytes.readUInt32LE(at)) starts.push(at)
  return starts
}

/** Keeps the journal's first frames only. */
async function keepFrames(count: number): Promise<void> {
  const starts = await frameStarts()
  expect(starts.length).toBeGreaterThan(count)
  await writeFile(journal(), (await readFile(journal())).subarray(0, starts[count]))
}

/** Puts zeros in the place of all frames but the first ones. */
async function zeroAfter(count: number): Promise<void> {
  const bytes = await readFile(journal())
  await writeFile(journal(), bytes.fill(0, (await frameStarts())[count]))
}

async function changeText(path: string, from: RegExp, to: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  expect(text).toMatch(from)
  await writeFile(path, text.replace(from, to))
}

beforeEach(async () => {
  await orders.trash(shelf.store, { epoch: 1, opSeq: 1 })
  await orders.restore(shelf.store, { epoch: 1, opSeq: 2 })
})

describe('a journal of commands that has lost whole frames at its end', () => {
  test.each([
    ['cut after the first', () => keepFrames(1)],
    ['cut after the third', () => keepFrames(3)],
    ['zeros after the first', () => zeroAfter(1)],
  ])('(%s) is kept and told, and lets no late command be carried out', async (_, lose) => {
    let left: Buffer = Buffer.of()
    const meanwhile = async (): Promise<void> => {
      await lose()
      left = await readFile(journal())
    }
    await shelf.reopen({ meanwhile })
    await expect(late()).rejects.toMatchObject(refused)
    expect(shelf.store.troubles()).toEqual([
      expect.stringMatching(/journal is too short: expected at least \d+ whole frames, found [13];/),
    ])
    expect(await readFile(journal())).toEqual(left)
  })

  test('is found short also after a start that was killed at once', async () => {
    // No process has this id, so that the next start need not watch the lease.
    const identity = { ...thisProcess(), pid: 4_194_304 }
    await shelf.reopen({ owning: { owner: { identity } }, meanwhile: () => keepFrames(1) })
    const killed = `${shelf.volume}-killed`
    cpSync(shelf.volume, killed, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    const owned = await takeVolume(killed, createLogger('storage', 'silent'), new AbortController().signal)
    const store = await owned.open(shelf.store.identity.house)
    expect(store.troubles()).toEqual([expect.stringContaining('too short')])
    await store.close()
    await owned.release()
  })

  test('goes on after its repair, and refuses what was ordered before', async () => {
    await shelf.reopen({ meanwhile: () => keepFrames(2).then(repair) })
    expect(shelf.store.troubles()).toEqual([])
    await expect(late()).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
    await orders.trash(shelf.store, { epoch: shelf.store.epoch + 1, opSeq: 1 })
    await shelf.reopen()
    expect(shelf.store.troubles()).toEqual([])
  })
})

describe('a journal of commands is not called short', () => {
  test('when its last append was cut short, which was never acknowledged', async () => {
    const meanwhile = async (): Promise<void> => {
      const bytes = await readFile(journal())
      await writeFile(journal(), Buffer.concat([bytes, bytes.subarray(0, 30)]))
    }
    await shelf.reopen({ meanwhile })
    expect(shelf.store.troubles()).toEqual([])
    await expect(late()).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
  })

  test.each([
    ['gone', (path: string) => rm(path)],
    ['empty', (path: string) => writeFile(path, '')],
    ['damaged', (path: string) => changeText(path, /"frames":/, '"frames":9')],
  ])('when the lease that says how long it was is %s', async (_, spoil) => {
    const lease = { heartbeatMs: 50, lostAfterMs: 200, takeoverAfterMs: 400 }
    await shelf.reopen({ owning: { lease }, meanwhile: async () => spoil(await leaseFile()) })
    expect(shelf.store.troubles()).toEqual([])
    await expect(late()).rejects.toMatchObject({ reason: 'STALE_COMMAND' })
  })

  test('when the lease is that of another volume, which was in this directory before', async () => {
    const path = join(shelf.volume, 'volume.json')
    const other = { ...shelf.store.identity, volume: newVolumeId() }
    const meanwhile = async (): Promise<void> => {
      await writeFile(path, formatVolumeIdentity(other))
      await keepFrames(1)
    }
    await shelf.reopen({ meanwhile })
    expect(shelf.store.troubles()).toEqual([])
  })
})
