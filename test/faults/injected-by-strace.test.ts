import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { isDomainError, parseFilePath } from '@goldkeep/domain'
import { waitUntil } from '@goldkeep/testing'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brokenOnDisk } from '../../services/storage/test/support/laws-of-the-disk.js'
import { brokenLaws } from '../../services/storage/test/support/laws-of-storage.js'
import { newLedger, type Ledger } from '../../services/storage/test/support/ledger.js'
import { makeRealStorage, type RealStorage } from '../../services/storage/test/support/real-storage.js'
import { storageOverWire } from '../../services/storage/test/support/storage-over-wire.js'
import { newVersion } from '../../services/storage/test/support/test-house.js'
import { parseTrace, straceCommand, tracedNames } from '../../services/storage/test/trace/parse-trace.js'
import { uploadCarefully } from './support/careful-upload.js'
import { contentOf } from './support/storage-session.js'

const files = new Map([
  [parseFilePath('hd0/part1.winpe.wim'), contentOf(700_000, 'injected 1')],
  [parseFilePath('hd0/part2.winpe.wim'), contentOf(300_000, 'injected 2')],
])
/** One thread makes all calls on files, so that their numbers are the same in every run. */
const env = {
  UV_THREADPOOL_SIZE: '1',
  GOLDKEEP_SYNC_BYTES: '200000',
  GOLDKEEP_SYNC_INTERVAL: '1h',
  GOLDKEEP_TRUST_REFRESH: '1h',
}

let real: RealStorage
let ledger: Ledger
/** By name, how many calls there were before the upload, and with it. */
let counts: ReadonlyMap<string, { readonly before: number; readonly all: number }>

beforeAll(async () => {
  counts = await countCalls()
}, 60_000)
beforeEach(async () => {
  real = await makeRealStorage()
  ledger = newLedger()
})
afterEach(() => real.close())

/** Traces an upload on which nothing is inflicted. */
async function countCalls(): Promise<Map<string, { before: number; all: number }>> {
  const peaceful = await makeRealStorage()
  try {
    const output = join(peaceful.directory, 'trace')
    await peaceful.start({ under: straceCommand(output, '-e', `trace=${tracedNames}`), env })
    const versionId = newVersion()
    await uploadCarefully(peaceful, newLedger(), { versionId, files })
    await peaceful.process.stop()
    const exited = new RegExp(`^${peaceful.process.pid} +\\+\\+\\+ exited`, 'm')
    const trace = await waitUntil(
      async () => {
        const text = await readFile(output, 'utf8')
        return exited.test(text) && text
      },
      { what: 'the trace is written' },
    )
    const calls = parseTrace(trace, peaceful.volume)
    const first = calls.findIndex(({ path }) => path.includes(versionId))
    const last = calls.findLastIndex(({ path, to = '' }) => `${path} ${to}`.includes(versionId))
    const counted = new Map<string, { before: number; all: number }>()
    for (const [index, { name }] of calls.slice(0, last + 1).entries()) {
      const { before, all } = counted.get(name) ?? { before: 0, all: 0 }
      counted.set(name, { before: before + (index < first ? 1 : 0), all: all + 1 })
    }
    return counted
  } finally {
    await peaceful.close()
  }
}

/** Starts storage so that a call of the upload, at a share of its way, has something done to it. */
async function startInjecting(name: string, share: number, what: string, lasting = false): Promise<void> {
  const { before = 0, all = 0 } = counts.get(name) ?? {}
  const nth = before + Math.max(1, Math.round((all - before) * share))
  const output = join(real.directory, 'injected')
  const when = lasting ? `${nth}+` : String(nth)
  const inject = ['-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${when}`]
  await real.start({ under: straceCommand(output, ...inject), env })
}

const upload = (versionId: ReturnType<typeof newVersion>) =>
  uploadCarefully(real, ledger, { versionId, files, faulty: true })

async function expectLawsAndEnd(versionId: ReturnType<typeof newVersion>): Promise<void> {
  expect(await brokenLaws(real.volume, storageOverWire(real), ledger)).toEqual([])
  await upload(versionId)
  expect(await brokenLaws(real.volume, storageOverWire(real), ledger)).toEqual([])
  expect(ledger.versions.get(versionId)?.may).toEqual(new Set(['versions']))
}

describe('a process that the kernel kills', () => {
  test.each([
    ['pwrite64', 0.3],
    ['fdatasync', 0.5],
    ['fsync', 0.7],
    ['fsync', 0.95],
    ['rename', 0.9],
  ])('at a %s after %d of the upload has broken no law, and the upload goes on', async (name, share) => {
    await startInjecting(name, share, 'signal=KILL')
    const versionId = newVersion()
    const uploading = upload(versionId)
    expect(await real.process.end).toMatchObject({ signal: 'SIGKILL' })
    expect(brokenOnDisk(real.volume, ledger)).toEqual([])
    await real.start()
    await uploading
    await expectLawsAndEnd(versionId)
  })
})

describe('a volume that really answers', () => {
  test.each([
    ['EIO', 'fdatasync', 0.4, 'IO_ERROR'],
    ['ENOSPC', 'pwrite64', 0.4, 'NO_SPACE'],
    ['EDQUOT', 'pwrite64', 0.6, 'NO_SPACE'],
    ['EIO', 'fsync', 0.9, 'IO_ERROR'],
    ['EIO', 'rename', 1, 'IO_ERROR'],
  ])('%s at a %s after %d of the upload is told as such, and no law is broken', async (...row) => {
    const [code, name, share, reason] = row
    // A disk that is full stays full.
    await startInjecting(name, share, `error=${code}`, reason === 'NO_SPACE')
    const versionId = newVersion()
    const error = await upload(versionId).catch((thrown: unknown) => thrown)
    expect(isDomainError(error) && error.reason).toBe(reason)
    expect(String(error)).toContain(code)
    await real.kill()
    await real.start()
    await expectLawsAndEnd(versionId)
  })
})
