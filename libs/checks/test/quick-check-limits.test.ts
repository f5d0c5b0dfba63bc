import type { Finding } from '@goldkeep/domain'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { finding, withinBounds } from '../src/finding.js'
import { runQuickChecks, sealLimits } from '../src/index.js'
import type { BudgetClock } from '../src/time-budget.js'
import { Bench, findingOf, linux, ntfs, schemaOf, winpe } from './make-version.js'
import { withManyBlobs } from './worst-wims.js'

let bench: Bench
let pipable: Buffer
let ordinary: Buffer

beforeAll(async () => {
  bench = await Bench.open()
  pipable = await bench.captureWim(200_000, '--pipable', '--compress=fast')
  ordinary = await bench.captureWim(200_000, '--compress=fast')
})
afterAll(() => bench.close())

const wim = 'hd0/part1.winpe.wim'

async function findingsOf(...version: Parameters<Bench['version']>) {
  return runQuickChecks(await bench.version(...version))
}

test('no text of a finding is long or holds what cannot be kept, whatever a file says', async () => {
  const broken = Buffer.from(ordinary)
  const at = Number(broken.readBigUInt64LE(0x50))
  const name = `\u0000\u001b[2J${'x'.repeat(150)}`
  const xml = Buffer.from(`\ufeff<WIM><IMAGE><NAME>${name}</NAME></IMAGE></WIM>`, 'utf16le')
  xml.copy(broken, at)
  broken.writeBigUInt64LE((0x02n << 56n) | BigInt(xml.length), 0x48)
  const volumes = ['a\u0000b', 'v'.repeat(8_000)].map((volume) => ({ name: volume, fstype: 'ext4' }))
  const group = { name: 'vg0', logicalvolumes: volumes }
  const drives = [{ name: '/dev/sda', partitions: [{ number: '1', fsid: '8e', volumegroup: group }] }]
  const schema = Buffer.from(JSON.stringify({ harddrives: drives }))
  const findings = await findingsOf(schema, { ...winpe, environment: 'linux' }, { [wim]: broken })
  expect(findings.length).toBeGreaterThan(4)
  for (const { path = '', expected = '', found = '', message } of findings) {
    for (const text of [path, expected, found, message]) expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u)
    for (const text of [expected, found, message]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024)
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(256)
  }
})

test('findings of one check are bounded in bytes as well as in number', () => {
  const long = Array.from({ length: 190 }, (_, index) =>
    finding('sizes', index === 150 ? 'FAIL' : 'WARN', 'm'.repeat(5_000), { found: 'f'.repeat(5_000) }),
  )
  const kept = withinBounds('sizes', long)
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(160 * 1024)
  expect(kept[0]?.verdict).toBe('FAIL')
  expect(kept.at(-1)?.message).toBe(`And ${190 - (kept.length - 1)} more findings of this check.`)
})

test('thousands of files against thousands of volumes hold up no other work', async () => {
  const volume = (index: number) => ({ name: `lv${index}`, fstype: 'ext4' })
  const logicalvolumes = Array.from({ length: 4_000 }, (_, index) => volume(index))
  const partitions = [{ number: '1', fsid: '8e', volumegroup: { name: 'vg', logicalvolumes } }]
  const schema = Buffer.from(JSON.stringify({ harddrives: [{ name: '/dev/sda', partitions }] }))
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: pipable })
  const [file] = subject.files
  if (!file) throw new Error('no file')
  const files = Array.from({ length: 2_500 }, (_, index) => ({
    ...file,
    path: `hd0/vg-lv${index}.extfs.lz4` as typeof file.path,
  }))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const findings = await runQuickChecks({ ...subject, capture: linux, schema, files }, sealLimits)
  delay.disable()
  const missing = findings.filter(
    ({ check, verdict }) => check === 'files-match-schema' && verdict === 'FAIL',
  )
  expect(missing).toHaveLength(201)
  expect(missing.at(-1)?.message).toMatch(/^And 1301 more/)
  // Comparing every file with every volume took seconds.
  expect(delay.max / 1e6).toBeLessThan(3_000)
})

test('what a seal has no time for says SKIP, and fails nothing', async () => {
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: pipable })
  const late = await runQuickChecks(subject, { ...sealLimits, budgetMs: -1 })
  expect(late.filter(({ verdict }) => verdict === 'SKIP').map(({ check }) => check)).toEqual([
    'wim-structure',
    'wim-metadata',
  ])
  const long = await runQuickChecks(subject, { ...sealLimits, xmlBytes: 10 })
  expect(findingOf(long, 'wim-metadata')).toMatchObject({ verdict: 'SKIP' })
  expect(findingOf(long, 'wim-structure')?.verdict).toBe('PASS')
})

describe('at the seal', () => {
  /** Time that goes on by itself only where a file is slow. */
  class SlowTime implements BudgetClock {
    private time = 0
    private waiting: { readonly at: number; readonly call: () => void }[] = []

    now = (): number => this.time

    callAfter(ms: number, call: () => void): () => void {
      const one = { at: this.time + ms, call }
      this.waiting.push(one)
      return () => void (this.waiting = this.waiting.filter((other) => other !== one))
    }

    pass(ms: number): void {
      this.time += ms
      const due = this.waiting.filter(({ at }) => at <= this.time)
      this.waiting = this.waiting.filter(({ at }) => at > this.time)
      for (const { call } of due) call()
    }
  }

  const four = (['1', '2', '3', '4'] as const).map((number) => `hd0/part${number}.winpe.wim`)
  const verdictsOf = (findings: readonly Finding[]): string[] =>
    four.map((path) => findingOf(findings, 'wim-structure', path)?.verdict ?? 'none')

  /** The findings at a seal where reading these files takes so long, or, without a number, never ends. */
  async function sealWithSlow(slow: Readonly<Record<string, number | 'for ever'>>) {
    const files = Object.fromEntries(four.map((path) => [path, pipable]))
    const subject = await bench.version(schemaOf(ntfs, ntfs, ntfs, ntfs), winpe, files)
    const clock = new SlowTime()
    let readsAfterwards = 0
    const slowly = subject.files.map((file): typeof file => {
      const ms = slow[file.path]
      if (ms === undefined) return file
      const open = async () => {
        const opened = await file.open()
        const read = async (offset: number, length: number) => {
          if (ms === 'for ever') {
            clock.pass(sealLimits.budgetMs ?? 0)
            return new Promise<Uint8Array>(() => {})
          }
          readsAfterwards += 1
          clock.pass(ms)
          return opened.read(offset, length)
        }
        return { ...opened, read }
      }
      return { ...file, open }
    })
    const findings = await runQuickChecks({ ...subject, files: slowly }, { ...sealLimits, clock })
    return { findings, reads: () => readsAfterwards, time: clock.now() }
  }

  test('a slow file has a part of the time, and the others are looked into', async () => {
    const { findings, time } = await sealWithSlow({ [four[1] ?? '']: 300 })
    expect(verdictsOf(findings)).toEqual(['PASS', 'SKIP', 'PASS', 'PASS'])
    expect(findingOf(findings, 'wim-metadata', four[1])?.verdict).toBe('SKIP')
    expect(time).toBeLessThanOrEqual(900)
  })

  test('what was begun of a slow file ends with its next read', async () => {
    const { reads } = await sealWithSlow({ [four[0] ?? '']: 600 })
    const before = reads()
    await new Promise((resolve) => setImmediate(resolve))
    expect({ before, after: reads() }).toEqual({ before: 1, after: 1 })
  })

  test('a file that is never read ends neither the seal nor, with its time, more than the rest', async () => {
    const { findings } = await sealWithSlow({ [four[2] ?? '']: 'for ever' })
    expect(verdictsOf(findings)).toEqual(['PASS', 'PASS', 'SKIP', 'SKIP'])
  })

  test('slow files together have the time of the version, and the rest is left to the validation', async () => {
    const slow = Object.fromEntries(four.map((path) => [path, 700]))
    const { findings, time } = await sealWithSlow(slow)
    expect(verdictsOf(findings)).toEqual(['SKIP', 'SKIP', 'SKIP', 'SKIP'])
    expect(time).toBeLessThanOrEqual((sealLimits.budgetMs ?? 0) + 700)
    expect(findings.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'ERROR')).toEqual([])
  })

  test('a table of 330,000 parts holds up other work for no longer than a part of a second', async () => {
    const bytes = withManyBlobs(await bench.captureMixedTree('--compress=none'), 330_000)
    const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: bytes })
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await runQuickChecks(subject, { ...sealLimits, budgetMs: 60_000 })
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(300)
  })
})
