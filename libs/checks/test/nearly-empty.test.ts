import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gzipSync } from 'node:zlib'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Capture, Finding } from '@goldkeep/domain'
import {
  combineFindings,
  decideVerdict,
  runDeepChecks,
  runQuickChecks,
  sealLimits,
  thoroughLimits,
  type Decision,
} from '../src/index.js'
import { Bench, findingOf, linux, ntfs, runProgram, schemaOf, winpe } from './make-version.js'
import { partitionTable } from './make-images.js'

const wim = 'hd0/part1.winpe.wim'
const signal = new AbortController().signal

let bench: Bench
let emptyTree: Buffer
let smallTree: Buffer

beforeAll(async () => {
  bench = await Bench.open()
  const directory = await bench.wimlib(async (made) => {
    await mkdir(join(made, 'empty'))
    await runProgram('wimlib-imagex', [
      'capture',
      join(made, 'empty'),
      join(made, 'a.wim'),
      '--compress=fast',
      '--pipable',
    ])
  })
  emptyTree = await readFile(join(directory, 'a.wim'))
  smallTree = await bench.captureWim(200_000, '--compress=fast', '--pipable')
})
afterAll(() => bench.close())

interface Judged {
  readonly decision: Decision
  readonly findings: readonly Finding[]
  readonly atSeal: readonly Finding[]
}

async function judge(
  partition: object,
  files: Record<string, Uint8Array>,
  capture: Capture = winpe,
  emptyShare?: number,
): Promise<Judged> {
  const subject = await bench.version(schemaOf(partition), capture, files)
  const share = emptyShare === undefined ? {} : { emptyShare }
  const atSeal = await runQuickChecks(subject, { ...sealLimits, ...share })
  const quick = await runQuickChecks(subject, { ...thoroughLimits, ...share })
  const findings = combineFindings(quick, await runDeepChecks(subject, { signal, quick, ...share }))
  return { decision: decideVerdict(subject, findings), findings, atSeal }
}

const table = { 'hd0/table': partitionTable() }
const block = (image: Uint8Array) => ({ ...table, 'hd0/part1.ntfs.lz4': image })
const lz4OfNothing = Buffer.from('04224d186440a70000000005 5d cc02'.replaceAll(' ', ''), 'hex')

describe('a partition of which nearly nothing came', () => {
  test.each<[string, () => Promise<Judged>, string]>([
    [
      '8 GB in use and 15 bytes of lz4',
      () => judge({ fsType: 'ntfs', usedmb: '8192' }, block(lz4OfNothing), linux),
      'sizes',
    ],
    [
      '300 MiB in use and an empty tree',
      () => judge({ ...ntfs, usedmb: '300' }, { [wim]: emptyTree }),
      'wim-metadata',
    ],
    [
      '9 GB in use and four small files',
      () => judge({ ...ntfs, usedmb: '9000' }, { [wim]: smallTree }),
      'wim-metadata',
    ],
  ])('with %s is INVALID, and the seal says so', async (_what, judged, check) => {
    const { decision, findings, atSeal } = await judged()
    expect(decision).toBe('INVALID')
    expect(findingOf(atSeal, check, atSeal.find(({ verdict }) => verdict === 'FAIL')?.path)).toMatchObject({
      verdict: 'FAIL',
      message: expect.stringMatching(/empty/),
      expected: expect.stringMatching(/^at least /),
    })
    expect(findings.find((found) => found.check === check && found.verdict === 'FAIL')).toBeDefined()
  })

  test('is VALID with warnings where the share is set to nothing', async () => {
    const { decision, findings } = await judge({ ...ntfs, usedmb: '9000' }, { [wim]: smallTree }, winpe, 0)
    expect(decision).toBe('VALID')
    expect(findingOf(findings, 'wim-metadata')).toMatchObject({ verdict: 'WARN' })
  })

  test('is INVALID from another share on where that is set', async () => {
    const partition = { ...ntfs, usedmb: '300' }
    expect((await judge(partition, { [wim]: smallTree }, winpe, 0.0005)).decision).toBe('VALID')
    expect((await judge(partition, { [wim]: smallTree }, winpe, 0.01)).decision).toBe('INVALID')
  })
})

test('a schema that claims more in use than there is room for makes no good image INVALID', async () => {
  const partition = { ...ntfs, size: '204800', usedmb: '9000' }
  const { decision, findings } = await judge(partition, { [wim]: smallTree })
  expect(decision).toBe('VALID')
  expect(findingOf(findings, 'schema-sound')).toMatchObject({ verdict: 'WARN' })
})

test('an image of an empty tree is worth a warning even where nobody knows what was in use', async () => {
  const { decision, findings } = await judge({ ...ntfs, usedmb: '' }, { [wim]: emptyTree })
  expect(decision).toBe('VALID')
  expect(findingOf(findings, 'wim-metadata')).toMatchObject({
    verdict: 'WARN',
    message: 'The image has no content of any file.',
  })
})

test.each([
  ['lz4', lz4OfNothing],
  ['gz', gzipSync('')],
])('an image of %s that holds nothing is INVALID, whatever was in use', async (extension, image) => {
  const { decision, findings } = await judge(
    { fsType: 'ntfs' },
    { ...table, [`hd0/part1.ntfs.${extension}`]: image },
    linux,
  )
  expect(decision).toBe('INVALID')
  expect(findingOf(findings, 'block-image')).toMatchObject({
    verdict: 'FAIL',
    message: 'The image holds nothing.',
  })
})
