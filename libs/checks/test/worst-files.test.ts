import { triesAll } from '@goldkeep/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import {
  defaultWimMemoryBytes,
  decideVerdict,
  runDeepChecks,
  runQuickChecks,
  thoroughLimits,
  type Decision,
} from '../src/index.js'
import { Bench, ntfs, schemaOf, winpe } from './make-version.js'
import { wimForms } from './wim-forms.js'
import { withDeepTree, withHugeChunks, withHugeSolidChunk, withLongXml, withManyBlobs } from './worst-wims.js'

const mebibyte = 1024 ** 2
const memoryBytes = 512 * mebibyte
const signal = new AbortController().signal

const parts = triesAll ? 300_000 : 30_000

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.close())

interface Cost {
  readonly decision: Decision
  /** The messages of what failed. */
  readonly failures: readonly string[]
  /** Of processor time, in this process alone. */
  readonly ms: number
  /** Bytes that this process grew by. */
  readonly grownBytes: number
  /** The most that wimlib-imagex had reserved. */
  readonly reservedBytes: number
  /** The most of it that was in memory. */
  readonly residentBytes: number
}

/** Validates the file as a worker does, wimlib under limits, and measures both. */
async function costOf(bytes: Buffer, wimMemoryBytes = memoryBytes): Promise<Cost> {
  const subject = await bench.version(schemaOf(ntfs), winpe, { 'hd0/part1.winpe.wim': bytes })
  const children = watchChildren()
  const before = process.memoryUsage().rss
  const began = process.cpuUsage()
  const quick = await runQuickChecks(subject, thoroughLimits)
  const findings = [...quick, ...(await runDeepChecks(subject, { signal, quick, wimMemoryBytes }))]
  const { user, system } = process.cpuUsage(began)
  return {
    decision: decideVerdict(subject, findings),
    failures: findings.flatMap(({ verdict, message }) => (verdict === 'FAIL' ? [message] : [])),
    ms: (user + system) / 1000,
    grownBytes: process.memoryUsage().rss - before,
    ...children.stop(),
  }
}

type Reserved = Pick<Cost, 'reservedBytes' | 'residentBytes'>

/** Looks at the memory of wimlib-imagex every few milliseconds; `stop` says the most that it had. */
function watchChildren(): { stop(): Reserved } {
  const most = { reservedBytes: 0, residentBytes: 0 }
  const timer = setInterval(() => {
    for (const pid of childrenOf(process.pid)) {
      const status = textOf(`/proc/${pid}/status`)
      if (!status.startsWith('Name:\twimlib')) continue
      most.reservedBytes = Math.max(most.reservedBytes, bytesIn(status, 'VmPeak'))
      most.residentBytes = Math.max(most.residentBytes, bytesIn(status, 'VmHWM'))
    }
  }, 3)
  return {
    stop: () => {
      clearInterval(timer)
      return most
    },
  }
}

const childrenOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean),
  )

const bytesIn = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024

/** Of a process that may have ended, then nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const capture = (form: keyof typeof wimForms): Promise<Buffer> => bench.captureMixedTree(...wimForms[form])

test.each<[string, () => Promise<Buffer>, Decision]>([
  ['chunks of 1 GiB', async () => withHugeChunks(await capture('lzms')), 'INVALID'],
  ['a solid chunk of 1 GiB', async () => withHugeSolidChunk(await capture('solid')), 'INVALID'],
  ['a megabyte of XML', async () => withLongXml(await capture('none'), mebibyte), 'VALID'],
  ['100,000 directories in one another', async () => withDeepTree(await capture('none'), 100_000), 'INVALID'],
  ['very many parts', async () => withManyBlobs(await capture('none'), parts), 'VALID'],
])('a file with %s gets its verdict at bounded cost', async (_what, make, expected) => {
  const { decision, failures, ...cost } = await costOf(await make())
  expect({ decision, failures }).toMatchObject({ decision: expected })
  expect(cost.reservedBytes).toBeLessThanOrEqual(memoryBytes)
  expect(cost.grownBytes).toBeLessThan(256 * mebibyte)
  expect(cost.ms).toBeLessThan(15_000)
})

test('a sound file with the largest chunks of the format is VALID with the memory that is set unless told', async () => {
  const bytes = withHugeSolidChunk(await capture('solid'))
  expect(await costOf(bytes, defaultWimMemoryBytes)).toMatchObject({ decision: 'VALID', failures: [] })
  const { failures } = await costOf(bytes)
  expect(failures).toEqual([expect.stringContaining('needs more memory than the 536,870,912 bytes')])
})
