import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { runQuickChecks, sealLimits } from '../src/index.js'
import { Bench, complaints, findingOf, linux, ntfs, schemaOf, winpe } from './make-version.js'
import { finding, withinBounds } from '../src/finding.js'

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
const lz4 = Buffer.from('04224d18', 'hex')

async function findingsOf(...version: Parameters<Bench['version']>) {
  return runQuickChecks(await bench.version(...version))
}

describe('a good capture', () => {
  test('of WinPE passes every quick check', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: pipable })
    expect(complaints(findings)).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'schema-sound',
      'files-match-schema',
      'sizes',
      'wim-structure',
      'wim-metadata',
    ])
    expect(findingOf(findings, 'wim-metadata')?.found).toBe('golden, 4 files, 200,000 bytes')
  })

  test('of Linux passes, with partclone data under the name of a WIM', async () => {
    const schema = schemaOf({ fsType: 'ntfs' }, { fsType: 'btrfs' })
    const findings = await findingsOf(schema, linux, {
      'hd0/table': Buffer.alloc(512, 1),
      'hd0/part1.ntfs.lz4': lz4,
      'hd0/part2.imager.wim': lz4,
    })
    expect(complaints(findings)).toEqual([])
    expect(findingOf(findings, 'wim-structure')).toMatchObject({ verdict: 'SKIP', found: 'lz4' })
  })

  test('of the schema only has no files, and passes', async () => {
    expect(complaints(await findingsOf(schemaOf(ntfs), { ...winpe, schemaOnly: true }, {}))).toEqual([])
  })

  test('that is not pipable is worth a warning', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: ordinary })
    expect(complaints(findings)).toEqual([`wim-structure WARN ${wim}`])
    expect(findingOf(findings, 'wim-structure')?.message).toBe('It cannot be applied from a pipe.')
  })

  test('may bring the guid of the legacy client along', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: pipable, guid: Buffer.from('x') })
    expect(complaints(findings)).toEqual([])
  })
})

describe('files that do not match the schema', () => {
  test('a missing WIM is named with its partition', async () => {
    const findings = await findingsOf(schemaOf(ntfs, { ...ntfs, usedmb: '41232' }), winpe, { [wim]: pipable })
    expect(findingOf(findings, 'files-match-schema')).toEqual({
      check: 'files-match-schema',
      verdict: 'FAIL',
      path: 'hd0/part2.winpe.wim',
      expected: 'disk 0, partition 2, NTFS, 41,232 MiB used',
      found: 'absent',
      message:
        'The schema calls for hd0/part2.winpe.wim (disk 0, partition 2, NTFS, 41,232 MiB used), and it is not there.',
    })
  })

  test('a file that nobody calls for is a warning', async () => {
    const extra = 'hd0/part9.winpe.wim'
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: pipable, [extra]: pipable })
    expect(complaints(findings)).toEqual([`files-match-schema WARN ${extra}`])
  })

  test('a stale file beside the new one of the same partition fails', async () => {
    const files = {
      'hd0/table': Buffer.alloc(512, 1),
      'hd0/part1.ntfs.gz': Buffer.from('1f8b', 'hex'),
      'hd0/part1.ntfs.lz4': lz4,
    }
    const findings = await findingsOf(schemaOf({ fsType: 'ntfs' }), linux, files)
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({
      verdict: 'FAIL',
      found: 'hd0/part1.ntfs.gz, hd0/part1.ntfs.lz4',
    })
  })

  test('no file at all fails with what was called for', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, {})
    expect(findingOf(findings, 'files-match-schema')).toMatchObject({
      verdict: 'FAIL',
      expected: wim,
      found: 'none',
    })
  })
})

describe('sizes', () => {
  test('a file of zero bytes fails, and nothing more is said of it', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: Buffer.alloc(0) })
    expect(complaints(findings)).toEqual([`sizes FAIL ${wim}`])
    expect(findingOf(findings, 'sizes')).toMatchObject({ expected: 'more than 0 bytes', found: '0 bytes' })
  })

  test('a file far smaller than its partition is a warning', async () => {
    const findings = await findingsOf(schemaOf({ ...ntfs, usedmb: '4000' }), winpe, { [wim]: pipable })
    expect(complaints(findings)).toEqual([`sizes WARN ${wim}`, `wim-metadata WARN ${wim}`])
  })
})

describe('a damaged WIM', () => {
  test.each([
    ['cut by one byte', () => pipable.subarray(0, -1)],
    ['cut in half', () => pipable.subarray(0, pipable.length / 2)],
    ['ordinary and cut by one byte', () => ordinary.subarray(0, -1)],
    ['ordinary and cut in half', () => ordinary.subarray(0, ordinary.length / 2)],
    ['of zeros', () => Buffer.alloc(40_960)],
    ['something else', () => Buffer.concat([lz4, Buffer.alloc(40_960)])],
  ])('that is %s fails', async (_what, damaged) => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: damaged() })
    expect(complaints(findings)).toEqual([`wim-structure FAIL ${wim}`])
    const { expected, found } = findingOf(findings, 'wim-structure') ?? {}
    expect(expected).toBeTruthy()
    expect(found).toBeTruthy()
    expect(findingOf(findings, 'wim-metadata')?.verdict).toBe('SKIP')
  })

  test('whose XML is overwritten fails by its metadata', async () => {
    const broken = Buffer.from(ordinary)
    const at = Number(broken.readBigUInt64LE(0x50))
    broken.fill(0x20, at)
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: broken })
    expect(complaints(findings)).toEqual([`wim-structure WARN ${wim}`, `wim-metadata FAIL ${wim}`])
  })
})

describe('a schema', () => {
  test('that is not JSON fails, and the files are not judged by it', async () => {
    const findings = await findingsOf(Buffer.from('<schema/>'), winpe, { [wim]: pipable })
    expect(complaints(findings)).toEqual(['schema-sound FAIL schema'])
    expect(findingOf(findings, 'files-match-schema')?.verdict).toBe('SKIP')
  })

  test('without a drive fails', async () => {
    const findings = await findingsOf(Buffer.from('{"harddrives":[]}'), winpe, {})
    expect(complaints(findings)).toEqual(['schema-sound FAIL schema', 'files-match-schema FAIL'])
  })

  test('of several lines is a warning', async () => {
    const lines = Buffer.from(
      JSON.stringify(JSON.parse(Buffer.from(schemaOf(ntfs)).toString()), undefined, 2),
    )
    expect(complaints(await findingsOf(lines, winpe, { [wim]: pipable }))).toEqual([
      'schema-sound WARN schema',
    ])
  })
})

test('a file that cannot be read is an ERROR, never a FAIL', async () => {
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: pipable })
  const files = subject.files.map((file) => ({
    ...file,
    open: () => Promise.reject(new Error('EIO: broken')),
  }))
  const findings = await runQuickChecks({ ...subject, files })
  expect(complaints(findings)).toEqual([`wim-structure ERROR ${wim}`])
  expect(findingOf(findings, 'wim-structure')?.found).toBe('EIO: broken')
})

test('ten thousand strange files are counted, not listed', async () => {
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: pipable })
  const [file] = subject.files
  if (!file) throw new Error('no file')
  const files = Array.from({ length: 10_000 }, (_, index) => ({
    ...file,
    path: `hd0/x${index}` as typeof file.path,
  }))
  const findings = await runQuickChecks({ ...subject, files })
  expect(findings.length).toBeLessThan(300)
  expect(findings.find(({ message }) => message === 'And 9801 more findings of this check.')?.verdict).toBe(
    'WARN',
  )
  expect(findingOf(findings, 'files-match-schema')?.verdict).toBe('FAIL')
})

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
