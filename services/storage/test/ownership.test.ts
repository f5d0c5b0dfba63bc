import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseVolumeId } from '@goldkeep/domain'
import { createLogger } from '@goldkeep/service'
import { freePort, startProcess, temporaryDirectory, waitUntil, type TestProcess } from '@goldkeep/testing'
import { withChecksum } from '@goldkeep/volume'
import { access, mkdir, readdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { loadStorageConfig, startStorage } from '../src/index.js'
import { nodeSyscalls } from '../src/store/disk/syscalls.js'
import { bytesOf, sha256 } from './support/bytes.js'
import { connectAs, type StorageClients } from './support/clients.js'
import { startFakeCatalog, type FakeCatalog } from './support/fake-catalog.js'
import { grantOf, newVersion, part1, schema, storageEnv } from './support/test-house.js'
import { errno, watchSyscalls } from './support/watched-syscalls.js'
import { chunkOf, finishOf, startOf, WriteStream } from './support/write-stream.js'

const main = fileURLToPath(new URL('../dist/bundle.js', import.meta.url))
let catalog: FakeCatalog
let volume: string
let env: Record<string, string>
let address: string
let remove: () => Promise<void>
const started: TestProcess[] = []
const clients: StorageClients[] = []

beforeEach(async () => {
  catalog = await startFakeCatalog()
  const directory = await temporaryDirectory('owner')
  remove = directory.remove
  // Deeper than a socket's path may be long.
  volume = `${directory.path}/${'deep/'.repeat(30)}volume`
  await mkdir(volume, { recursive: true })
  const port = await freePort()
  address = `127.0.0.1:${String(port)}`
  env = { ...storageEnv(catalog, volume), GOLDKEEP_STORAGE_PORT: String(port) }
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const process of started.splice(0)) await process.killHard()
  await catalog.stop()
  await remove()
})

function start(more: Record<string, string> = {}): TestProcess {
  const process = startProcess('node', [main], { env: { ...env, ...more, NODE_OPTIONS: undefined } })
  started.push(process)
  return process
}

const startHere = (syscalls = nodeSyscalls, more: Record<string, string> = {}) =>
  startStorage(
    loadStorageConfig({ ...env, GOLDKEEP_STORAGE_PORT: '0', ...more }),
    createLogger('storage', 'silent'),
    new AbortController().signal,
    syscalls,
  )

/** What takes minutes in production, in a second. */
const quickLease = {
  GOLDKEEP_LEASE_HEARTBEAT: '200ms',
  GOLDKEEP_LEASE_LOST: '1s',
  GOLDKEEP_LEASE_TAKEOVER: '2s',
}

function foreignLease(heartbeat: number): string {
  const holder = { epoch: 3, host: 'elsewhere', bootId: 'another', pid: 7, nonce: 'n', since: 'yesterday' }
  return JSON.stringify({ format: 1, ...holder, heartbeat })
}

describe('a volume', () => {
  test('has one owner; the refusal of another says who holds it', async () => {
    const first = start()
    await first.waitForLine(/is ready/)
    const second = start({ GOLDKEEP_STORAGE_PORT: '0' })
    expect(await second.end).toMatchObject({ code: 1 })
    expect(second.stderr()).toContain(`is held by process ${String(first.pid)} on `)
    expect(first.ended()).toBeUndefined()
  })

  test('whose owner was killed is taken over at once, and the upload goes on at its committed size', async () => {
    const bytes = bytesOf(700_000, 'killed')
    const versionId = newVersion()
    const first = start()
    await first.waitForLine(/is ready/)
    const volumeId = parseVolumeId(catalog.registrations.at(-1)?.volumeId ?? '')
    const claims = { volumeId, versionId, operation: 'upload', upload: grantOf() } as const
    const token = await catalog.sign(claims)
    const connect = (): StorageClients => {
      const connected = connectAs(address, () => token)
      clients.push(connected)
      return connected
    }
    const before = connect()
    await before.uploads.open({ versionId, schema })
    const stream = new WriteStream(before, startOf(versionId, part1))
    const { attemptId } = await stream.until('ready')
    stream.send(chunkOf(bytes.subarray(0, 300_000), 0))
    await stream.untilCommitted(300_000)
    await first.killHard()
    await start().waitForLine(/is ready/)
    const after = connect()
    const { files } = await after.uploads.getStatus({ versionId })
    expect(files).toMatchObject([{ path: part1, committedSize: 300_000n, attemptId }])
    const resume = { attemptId, offset: 300_000 }
    const again = new WriteStream(after, startOf(versionId, part1, { resume }))
    await again.until('ready')
    again.send(chunkOf(bytes.subarray(300_000), 300_000), finishOf(bytes.length, sha256(bytes)))
    await again.until('done')
    again.end()
  })

  test('of another house is refused, and nothing of it changes', async () => {
    const identity = '{"format":1,"house":"hse-zzzzzzzzzzzzzzzz","volume":"vol-zzzzzzzzzzzzzzzz"}'
    await writeFile(`${volume}/volume.json`, identity)
    const running = await startHere()
    await expect(running.failed).rejects.toMatchObject({ reason: 'HOUSE_MISMATCH' })
    await running.stop()
    expect(await readFile(`${volume}/volume.json`, 'utf8')).toBe(identity)
  })

  test('that is new waits for the catalog to give it a house', async () => {
    catalog.down = true
    const starting = startHere()
    await waitUntil(() => readFile(`${volume}/.lease-1`), { what: 'the volume is owned' })
    catalog.down = false
    const running = await starting
    expect(JSON.parse(await readFile(`${volume}/volume.json`, 'utf8'))).toMatchObject({
      house: catalog.house,
    })
    expect(catalog.registrations.at(-1)).toMatchObject({ address: `127.0.0.1:${String(running.port)}` })
    await running.stop()
  })

  test('is never made: a directory that is absent may be a disk that is not mounted', async () => {
    await rmdir(volume)
    await expect(startHere()).rejects.toThrow(/does not exist.*mount/)
    await expect(access(volume)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('that is full is not said to be held by another', async () => {
    const sys = watchSyscalls()
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path === '.lease-1') throw errno('ENOSPC')
    }
    await expect(startHere(sys)).rejects.toThrow(/ENOSPC/)
  })

  test('that another has taken over is not changed any more, and nothing is acknowledged', async () => {
    const running = await startHere(nodeSyscalls, quickLease)
    const versionId = newVersion()
    const claims = { volumeId: running.volumeId, versionId, operation: 'upload', upload: grantOf() } as const
    const token = await catalog.sign(claims)
    const connected = connectAs(`127.0.0.1:${String(running.port)}`, () => token)
    clients.push(connected)
    const lease = JSON.parse(await readFile(`${volume}/.lease-1`, 'utf8')) as object
    await writeFile(
      `${volume}/.lease-2`,
      JSON.stringify(withChecksum({ ...lease, epoch: 2, host: 'elsewhere' })),
    )
    await expect(running.failed).rejects.toThrow(/was taken over by process \d+ on elsewhere/)
    await expect(connected.uploads.open({ versionId, schema })).rejects.toMatchObject({
      reason: 'SHUTTING_DOWN',
    })
    await expect(access(`${volume}/staging/${versionId}`)).rejects.toMatchObject({ code: 'ENOENT' })
    await running.stop()
  })

  test('whose owner on another host lives is refused, and its lease stays', async () => {
    const beats = { at: Date.now() - 120_000 }
    const write = async (): Promise<void> => {
      await writeFile(`${volume}/.next`, foreignLease(beats.at))
      await rename(`${volume}/.next`, `${volume}/.lease-3`)
    }
    await write()
    const starting = startHere(nodeSyscalls, quickLease)
    // Its clock is two minutes late: only watching tells that it lives.
    let lastBeat = Promise.resolve()
    const beating = setInterval(() => {
      beats.at += 1
      lastBeat = lastBeat.then(write)
    }, 50)
    await expect(starting).rejects.toThrow(
      /is held by process 7 on elsewhere since .*renewed its lease just now; stop that storage service/,
    )
    clearInterval(beating)
    await lastBeat
    expect(await readFile(`${volume}/.lease-3`, 'utf8')).toContain('"host":"elsewhere"')
    await expect(access(`${volume}/.lease-4`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each([
    ['of this minute', 0],
    ['of two minutes ago', -120_000],
    ['of tomorrow', 86_400_000],
  ])(
    'whose silent owner on another host left a heartbeat %s is watched for the whole time',
    async (_, at) => {
      await writeFile(`${volume}/.lease-3`, foreignLease(Date.now() + at))
      const begun = performance.now()
      const running = await startHere(nodeSyscalls, quickLease)
      expect(performance.now() - begun).toBeGreaterThan(2_000)
      expect(JSON.parse(await readFile(`${volume}/.lease-4`, 'utf8'))).toMatchObject({ pid: process.pid })
      await expect(access(`${volume}/.lease-3`)).rejects.toMatchObject({ code: 'ENOENT' })
      await running.stop()
    },
  )

  test('gives up what it could not renew in time, and acknowledges nothing from then on', async () => {
    const sys = watchSyscalls()
    const running = await startHere(sys, quickLease)
    sys.interfere = ({ name, path }) => {
      if (name === 'write' && path.startsWith('.lease')) throw errno('EIO')
    }
    await expect(running.failed).rejects.toThrow(/lease .* could not be renewed for 1 s/)
    const versionId = newVersion()
    const claims = { volumeId: running.volumeId, versionId, operation: 'upload', upload: grantOf() } as const
    const token = await catalog.sign(claims)
    const connected = connectAs(`127.0.0.1:${String(running.port)}`, () => token)
    clients.push(connected)
    await expect(connected.uploads.open({ versionId, schema })).rejects.toMatchObject({
      reason: 'SHUTTING_DOWN',
    })
    await running.stop()
  })

  test.each([
    [0xff534d42, 'a CIFS mount'],
    [0xfe534d42, 'an SMB mount'],
    [0x4d44, 'a FAT file system'],
    [0x2011bab0, 'an exFAT file system'],
  ])('on file system %p is refused as %s, and nothing is written to it', async (type, name) => {
    const sys = watchSyscalls()
    const { statfs } = sys
    sys.statfs = async (path) => Object.assign(await statfs(path), { type })
    await expect(startHere(sys)).rejects.toThrow(`cannot be used: it is on ${name}; use a local disk`)
    expect(await readdir(volume)).toEqual([])
  })

  test('that is a file cannot be one, and the process says so', async () => {
    await rmdir(volume)
    await writeFile(volume, '')
    const process = start()
    expect((await process.end).code).not.toBe(0)
    expect(process.stderr()).toMatch(/goldkeep storage: .*volume/)
  })
})
