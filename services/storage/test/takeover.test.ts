// One file because each case takes a volume over from the same leases and processes.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory, waitUntil } from '@goldkeep/testing'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import net from 'node:net'
import fs, { readFileSync } from 'node:fs'
import { loadStorageConfig } from '../src/index.js'
import { takeVolume, type OwnedVolume, type VolumeOptions } from '../src/store/disk/open-volume.js'
import { nodeSyscalls } from '../src/store/disk/syscalls.js'
import { thisProcess, type ProcessIdentity } from '../src/store/disk/this-host.js'
import { directSyscalls } from './support/direct-syscalls.js'
import { errno, watchSyscalls } from './support/watched-syscalls.js'

const log = createLogger('storage', 'silent')
const lease = { heartbeatMs: 50, lostAfterMs: 200, takeoverAfterMs: 400 }
const elsewhere = { ...thisProcess(), host: 'elsewhere', bootId: 'another-run-of-a-kernel', pid: 4_711 }
let volume: string
let remove: () => Promise<void>
const owned: OwnedVolume[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  const directory = await temporaryDirectory('takeover')
  volume = directory.path
  remove = directory.remove
})
afterEach(async () => {
  for (const one of owned.splice(0)) await one.release().catch(() => {})
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await remove()
})

async function take(more: VolumeOptions = {}, sys = nodeSyscalls): Promise<OwnedVolume> {
  const one = await takeVolume(volume, log, new AbortController().signal, sys, { lease, ...more })
  owned.push(one)
  return one
}

const leases = async (): Promise<string[]> =>
  (await readdir(volume)).filter((name) => /^\.lease-\d+$/.test(name)).sort()

/** As its owner would have written it. */
async function writeLease(epoch: number, holder: ProcessIdentity, more: object = {}): Promise<void> {
  const times = { heartbeatMs: 50, lostAfterMs: 200 }
  const content = { format: 1, epoch, ...holder, nonce: 'n', since: 'today', ...times, renewals: 1, ...more }
  await writeFile(`${volume}/.next`, JSON.stringify(content))
  await rename(`${volume}/.next`, `${volume}/.lease-${epoch}`)
}

/** How long the volume was watched before it was taken: milliseconds. */
async function timeToTake(more: VolumeOptions = {}): Promise<number> {
  const begun = performance.now()
  await take(more)
  return performance.now() - begun
}

/** A process that lives until the test ends. */
function living(command = 'exec sleep 600'): ChildProcess {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  return child
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  return { ...thisProcess(), pid: pid ?? 0, startTime }
}

describe('a fresh lease', () => {
  test('of a living process on this host outweighs an absent socket', async () => {
    await writeLease(1, identityOf(living().pid))
    expect(await timeToTake()).toBeGreaterThan(lease.takeoverAfterMs)
  })

  test('of a process that has ended on this host holds nobody up', async () => {
    const child = living('exit 0')
    const identity = identityOf(child.pid)
    await once(child, 'exit')
    await writeLease(1, identity)
    expect(await timeToTake()).toBeLessThan(lease.takeoverAfterMs)
  })

  test('of a process id that another process has now holds nobody up', async () => {
    await writeLease(1, { ...identityOf(living().pid), startTime: '1' })
    expect(await timeToTake()).toBeLessThan(lease.takeoverAfterMs)
  })

  test('of a zombie holds nobody up', async () => {
    // The sleep that the shell becomes does not wait for its child.
    const child = living('sleep 600 & echo $!; exec sleep 600')
    const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
    const pid = Number(line.toString())
    const nameOf = (id: number): string => readFileSync(`/proc/${id}/comm`, 'utf8').trim()
    const state = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) (.).*$/s, '$1')
    const isSleep = () => Promise.resolve(nameOf(child.pid ?? 0) === 'sleep' || undefined)
    await waitUntil(isSleep, { what: 'the shell has become a sleep' })
    process.kill(pid, 'SIGKILL')
    await waitUntil(() => Promise.resolve(state() === 'Z' || undefined), { what: 'the child is a zombie' })
    await writeLease(1, identityOf(pid))
    expect(await timeToTake()).toBeLessThan(lease.takeoverAfterMs)
  })

  test('of a process of another namespace, whose id says nothing here, is watched', async () => {
    await writeLease(1, { ...identityOf(living().pid), pidNamespace: 'pid:[1]', startTime: '1' })
    expect(await timeToTake()).toBeGreaterThan(lease.takeoverAfterMs)
  })

  test('of this very process id in another namespace is watched', async () => {
    await writeLease(1, { ...thisProcess(), pidNamespace: 'pid:[1]' })
    expect(await timeToTake()).toBeGreaterThan(lease.takeoverAfterMs)
  })

  test('of an owner that gives up late is watched for as long as that owner goes on', async () => {
    await writeLease(1, elsewhere, { lostAfterMs: 900, heartbeatMs: 100 })
    expect(await timeToTake()).toBeGreaterThan(1_000)
  })

  test('that says nothing, being empty or damaged, is watched', async () => {
    await writeFile(`${volume}/.lease-7`, '')
    expect(await timeToTake()).toBeGreaterThan(lease.takeoverAfterMs)
    expect(await leases()).toEqual(['.lease-8'])
  })

  test('is not outweighed by a clock that leaps: only time that every clock has counted is watched', async () => {
    await writeLease(1, elsewhere)
    let leap = 0
    const leapOnce = (): number => (leap = leap === 0 ? 1 : 3_600_000)
    const clock = { read: () => [performance.now(), performance.now(), Date.now() + leapOnce()] }
    expect(await timeToTake({ owner: { clock } })).toBeGreaterThan(lease.takeoverAfterMs)
  })

  test('is watched also where the holder answers on a socket of another mount', async () => {
    // On another mount of the export there is a file of that name, and nobody behind it.
    await writeLease(1, identityOf(living().pid))
    await writeFile(`${volume}/.owner-1.sock`, '')
    expect(await timeToTake()).toBeGreaterThan(lease.takeoverAfterMs)
  })
})

describe('a newcomer', () => {
  test('withdraws when the owner renews its lease between the last look and the newcomer’s own', async () => {
    await writeLease(1, elsewhere)
    const sys = watchSyscalls()
    const renewal: Promise<void>[] = []
    sys.interfere = ({ name, path }) => {
      if (name === 'open' && path === '.lease-2') renewal.push(writeLease(1, elsewhere, { renewals: 2 }))
    }
    await expect(take({}, sys)).rejects.toThrow(/process 4711 on elsewhere .*renewed its lease just now/)
    expect(renewal).toHaveLength(1)
    expect(await leases()).toEqual(['.lease-1'])
  })

  test('withdraws when somebody begins to answer between the last look and the newcomer’s own', async () => {
    await writeLease(1, thisProcess(), { released: true })
    const server = net.createServer((socket) => socket.end('the owner\n'))
    const sys = watchSyscalls()
    sys.interfere = ({ name, path }) => {
      if (name === 'open' && path === '.lease-2') server.listen(`${volume}/.owner-1.sock`)
    }
    await expect(take({}, sys)).rejects.toThrow(/is held by the owner/)
    expect(await leases()).toEqual(['.lease-1'])
    server.close()
  })

  test('that could not write its lease leaves none that the next one would wait for', async () => {
    const sys = watchSyscalls()
    sys.interfere = ({ name, path }) => {
      if (name === 'fsync' && path === '.lease-1') throw errno('EIO')
    }
    await expect(take({}, sys)).rejects.toThrow(/EIO/)
    expect(await leases()).toEqual([])
  })
})

describe('an owner', () => {
  test('that lost the volume removes neither its successor’s socket nor its lease', async () => {
    const former = await take({ owner: { identity: elsewhere } }, { ...directSyscalls })
    await writeLease(2, identityOf(living().pid))
    const server = net.createServer((socket) => socket.end('the successor\n'))
    server.listen(`${volume}/.owner-2.sock`)
    await expect(former.lost).rejects.toThrow(/taken over/)
    await former.release()
    await expect(take()).rejects.toThrow(/is held by the successor/)
    expect(await leases()).toContain('.lease-2')
    server.close()
  })

  test('that stops in order frees the volume at once, and no epoch is given twice', async () => {
    await (await take({ owner: { identity: elsewhere } })).release()
    expect(await timeToTake()).toBeLessThan(lease.takeoverAfterMs)
    expect(await leases()).toEqual(['.lease-2'])
    await expect(access(`${volume}/.owner-1.sock`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('that was stopped without a successor goes on after it has renewed its lease', async () => {
    let gap = 0
    const clock = { read: () => [performance.now() + gap] }
    const owner = await take({
      lease: { ...lease, heartbeatMs: 100_000, lostAfterMs: 300_000 },
      owner: { clock },
    })
    const before = await readFile(`${volume}/.lease-1`, 'utf8')
    gap = 400_000
    await owner.confirm()
    expect(await readFile(`${volume}/.lease-1`, 'utf8')).not.toBe(before)
  })
})

test.each([
  ['20s', '30s', '60s', false],
  ['5s', '30s', '34s', false],
  ['5s', '30s', '35s', true],
])(
  'lease times %s, %s and %s by which owners may overlap are refused: allowed %p',
  (heartbeat, lost, takeover, allowed) => {
    const load = () =>
      loadStorageConfig({
        GOLDKEEP_SERVICE_KEY: Buffer.alloc(32).toString('base64'),
        GOLDKEEP_VOLUME: volume,
        GOLDKEEP_CATALOG_ADDRESS: '127.0.0.1:1',
        GOLDKEEP_LEASE_HEARTBEAT: heartbeat,
        GOLDKEEP_LEASE_LOST: lost,
        GOLDKEEP_LEASE_TAKEOVER: takeover,
      })
    if (allowed) expect(load).not.toThrow()
    else expect(load).toThrow(/GOLDKEEP_LEASE_TAKEOVER: expected at least/)
  },
)

describe('a volume that others have filled', () => {
  test('stays with its owner: a renewal of the lease needs no room', async () => {
    let isFull = false
    const { O_CREAT } = fs.constants
    const full: typeof nodeSyscalls = {
      ...nodeSyscalls,
      open: (path, flags, mode) =>
        isFull && flags & O_CREAT ? Promise.reject(errno('ENOSPC')) : nodeSyscalls.open(path, flags, mode),
      write: async (fd, bytes, position) => {
        if (isFull && position + bytes.length > (await nodeSyscalls.fstat(fd)).size) throw errno('ENOSPC')
        return nodeSyscalls.write(fd, bytes, position)
      },
    }
    const one = await take({}, full)
    const renewalsOf = async (): Promise<number> =>
      (JSON.parse(await readFile(`${volume}/.lease-1`, 'utf8')) as { renewals: number }).renewals
    isFull = true
    const began = await renewalsOf()
    const enough = began + (2 * lease.lostAfterMs) / lease.heartbeatMs
    const renewed = waitUntil(async () => (await renewalsOf()) >= enough, { what: 'the lease is renewed' })
    await Promise.race([renewed, one.lost])
  })
})
