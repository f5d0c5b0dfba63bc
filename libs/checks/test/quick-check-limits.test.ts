import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { finding, withinBounds } from '../src/finding.js'
import { runQuickChecks, sealLimits } from '../src/index.js'
import { Bench, findingOf, linux, ntfs, schemaOf, winpe } from './make-version.js'

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
