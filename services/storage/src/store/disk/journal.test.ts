import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory } from '@goldkeep/testing'
import { DirectWrites } from './direct-writes.js'
import { openRoot, type VolumeRoot } from './directories.js'
import { Journal } from './journal.js'
import { nodeSyscalls, type Syscalls } from './syscalls.js'
import { readWhole, replaceFile } from './whole-files.js'

const log = createLogger('storage', 'silent')
const fault = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'test' })
let sys: Syscalls
let root: VolumeRoot
let remove: () => Promise<void>

beforeEach(async () => {
  const directory = await temporaryDirectory('journal')
  remove = directory.remove
  sys = { ...nodeSyscalls }
  root = await openRoot(sys, directory.path, () => undefined as never, new DirectWrites('never'))
})
afterEach(async () => {
  await nodeSyscalls.close(root.fd)
  await remove()
})

/** Opens it again, as the next start does. */
async function recordsOf(journal: Journal): Promise<readonly unknown[]> {
  await journal.close()
  const { journal: next, records } = await Journal.open(root, 'journal', log)
  await next.close()
  return records
}

describe('a journal', () => {
  test('gives back at the next start what was appended, alone or many at once, in its order', async () => {
    const { journal } = await Journal.open(root, 'journal', log)
    const records = Array.from({ length: 300 }, (_, number) => ({ number, text: 'x'.repeat(20_000) }))
    await journal.append({ number: -1 })
    await Promise.all(records.map((record) => journal.append(record)))
    expect(await recordsOf(journal)).toEqual([{ number: -1 }, ...records])
  })

  test('that was closed, or opened since, has lost no record in silence when one of its bits is flipped', async () => {
    const ways = [
      async (journal: Journal) => journal.close(),
      // As a start does after a kill.
      async () => (await Journal.open(root, 'journal', log)).journal.close(),
    ]
    for (const close of ways) {
      const { journal } = await Journal.open(root, 'journal', log)
      await journal.append({ acknowledged: 1 })
      const before = (await readWhole(root, 'journal'))?.length ?? 0
      await close(journal)
      const bytes = (await readWhole(root, 'journal')) ?? new Uint8Array()
      for (let at = 0; at < before; at += 1) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] ?? 0) ^ 16
        await replaceFile(root, 'journal', damaged)
        await expect(Journal.open(root, 'journal', log)).rejects.toMatchObject({ reason: 'JOURNAL_DAMAGED' })
      }
      await replaceFile(root, 'journal', bytes)
    }
  })

  test('does not grow by being opened and closed', async () => {
    const { journal } = await Journal.open(root, 'journal', log)
    await journal.append({ kept: 1 })
    await journal.close()
    const before = await readWhole(root, 'journal')
    expect(await recordsOf((await Journal.open(root, 'journal', log)).journal)).toEqual([{ kept: 1 }])
    expect(await readWhole(root, 'journal')).toEqual(before)
  })

  test('is compacted when it is opened, and goes on from there', async () => {
    const lastOnly = { compact: (all: readonly unknown[]) => all.slice(-1) }
    const { journal } = await Journal.open(root, 'journal', log)
    for (let number = 0; number < 100; number += 1) await journal.append({ number })
    await journal.close()
    const { journal: next, records } = await Journal.open(root, 'journal', log, lastOnly)
    expect(records).toEqual([{ number: 99 }])
    await next.append({ number: 100 })
    expect(await recordsOf(next)).toEqual([{ number: 99 }, { number: 100 }])
    const bytes = (await readWhole(root, 'journal')) ?? new Uint8Array()
    expect(bytes.length).toBeLessThan(100)
    const damaged = Buffer.from(bytes)
    damaged[20] = (damaged[20] ?? 0) ^ 16
    await replaceFile(root, 'journal', damaged)
    await expect(Journal.open(root, 'journal', log, lastOnly)).rejects.toMatchObject({
      reason: 'JOURNAL_DAMAGED',
    })
    expect(await readWhole(root, 'journal')).toEqual(new Uint8Array(damaged))
  })

  test('cuts back an append that the full disk took half of, so that a shorter one may follow', async () => {
    const { journal } = await Journal.open(root, 'journal', log)
    sys.write = async (fd, bytes, position) => {
      await nodeSyscalls.write(fd, bytes.subarray(0, bytes.length >> 1), position)
      throw fault('ENOSPC')
    }
    await expect(journal.append({ text: 'long'.repeat(100) })).rejects.toThrow('ENOSPC')
    sys.write = (...values) => nodeSyscalls.write(...values)
    await journal.append({ short: 1 })
    expect(await recordsOf(journal)).toEqual([{ short: 1 }])
  })

  test('takes nothing more after a sync that failed, however well the disk does from then on', async () => {
    const { journal } = await Journal.open(root, 'journal', log)
    await journal.append({ kept: 1 })
    sys.fdatasync = () => Promise.reject(fault('EIO'))
    await expect(journal.append({ doubtful: 1 })).rejects.toThrow('EIO')
    sys.fdatasync = (fd) => nodeSyscalls.fdatasync(fd)
    await expect(journal.append({ later: 1 })).rejects.toMatchObject({ reason: 'IO_ERROR' })
    expect(await recordsOf(journal)).not.toContainEqual({ later: 1 })
  })
})
