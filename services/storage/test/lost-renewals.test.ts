import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parseHouseId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory } from '@goldkeep/testing'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { takeVolume, type OwnedVolume } from '../src/store/disk/open-volume.js'
import { first, fresh, lab, stageVersion } from './commands/shelf.js'
import { bytesOf } from './support/bytes.js'
import { watchSyscalls } from './support/watched-syscalls.js'

let volume: string
let owner: OwnedVolume
let remove: () => Promise<void>
/** Set forward, it is the clock of a process that was stopped for so long. */
let gapMs: number
let onRenewal: () => void
let renewals: number

const longGapMs = 400_000

/** Owns a volume, and renews its lease only when it is asked whether it still is the owner. */
beforeEach(async () => {
  gapMs = 0
  renewals = 0
  onRenewal = () => {}
  const directory = await temporaryDirectory('renewals')
  volume = directory.path
  remove = directory.remove
  const sys = watchSyscalls()
  owner = await takeVolume(volume, createLogger('storage', 'silent'), new AbortController().signal, sys, {
    lease: { heartbeatMs: 100_000, lostAfterMs: 300_000, takeoverAfterMs: 400_000 },
    owner: { clock: { read: () => [performance.now() + gapMs] } },
    directWrites: 'never',
  })
  sys.interfere = ({ name, path }) => {
    if (name !== 'write' || path !== '.lease-1') return
    renewals += 1
    onRenewal()
  }
})
afterEach(async () => {
  await owner.release().catch(() => {})
  await remove()
})

function beTakenOver(): void {
  const successor = { format: 1, epoch: 2, nonce: 'n', bootId: 'b', host: 'elsewhere', pid: 7 }
  writeFileSync(`${volume}/.lease-2`, JSON.stringify(successor))
}

const lost = { reason: 'SHUTTING_DOWN' }

test('an owner that was stopped in the middle of a renewal renews once more before it goes on', async () => {
  onRenewal = () => {
    if (renewals === 1) gapMs += longGapMs
  }
  gapMs = longGapMs
  await owner.confirm()
  expect(renewals).toBe(2)
})

test('an owner that is taken over while it renews its lease has lost the volume', async () => {
  onRenewal = beTakenOver
  gapMs = longGapMs
  await expect(owner.confirm()).rejects.toMatchObject(lost)
})

test('an owner that was taken over and has not noticed writes nothing of what it is sent', async () => {
  const store = await owner.open(parseHouseId('hse-0123456789abcdef'))
  await stageVersion(store, fresh, lab.imageId)
  const writer = await store.openAttempt(fresh, first, { kind: 'restart' }, () => {})
  beTakenOver()
  gapMs = longGapMs
  await expect(writer.append(bytesOf(3_000_000, 'late'))).rejects.toMatchObject(lost)
  expect((await stat(`${volume}/staging/${fresh}/tree/${first}`)).size).toBe(0)
  await writer.close().catch(() => {})
  await store.close().catch(() => {})
})

test('an owner that was overtaken leaves no lease, neither when it looks nor when it stops', async () => {
  beTakenOver()
  rmSync(`${volume}/.lease-1`)
  gapMs = longGapMs
  await expect(owner.confirm()).rejects.toMatchObject(lost)
  await owner.release()
  expect(readdirSync(volume).filter((name) => name.startsWith('.lease-'))).toEqual(['.lease-2'])
})

test('an owner whose file system answers nothing any more gives up', async () => {
  const directory = await temporaryDirectory('hung')
  const sys = watchSyscalls()
  const { fdatasync } = sys
  let hangs = false
  sys.fdatasync = (fd) => (hangs ? new Promise(() => {}) : fdatasync(fd))
  const hung = await takeVolume(
    directory.path,
    createLogger('storage', 'silent'),
    new AbortController().signal,
    sys,
    {
      lease: { heartbeatMs: 20, lostAfterMs: 60, takeoverAfterMs: 100 },
      directWrites: 'never',
    },
  )
  hangs = true
  await expect(hung.lost).rejects.toThrow(/could not be renewed/)
  await directory.remove()
})
