import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runQuickChecks } from '../src/index.js'
import { Bench, complaints, findingOf, linux, ntfs, schemaOf, winpe } from './make-version.js'
import { partitionTable } from './make-images.js'

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
const lz4 = execFileSync('lz4', ['-c'], { input: randomBytes(4_000) })

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
    const schema = schemaOf({ fsType: 'btrfs' }, { fsType: 'btrfs' })
    const findings = await findingsOf(schema, linux, {
      'hd0/table': partitionTable(),
      'hd0/part1.imager.lz4': lz4,
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

describe('sizes', () => {
  test('a file of zero bytes fails, and nothing more is said of it', async () => {
    const findings = await findingsOf(schemaOf(ntfs), winpe, { [wim]: Buffer.alloc(0) })
    expect(complaints(findings)).toEqual([`sizes FAIL ${wim}`])
    expect(findingOf(findings, 'sizes')).toMatchObject({ expected: 'more than 0 bytes', found: '0 bytes' })
  })

  test('a file far smaller than its partition is a warning', async () => {
    const findings = await findingsOf(schemaOf({ ...ntfs, usedmb: '240' }), winpe, { [wim]: pipable })
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
