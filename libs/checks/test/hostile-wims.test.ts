import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Finding } from '@goldkeep/domain'
import {
  decideVerdict,
  runDeepChecks,
  runQuickChecks,
  thoroughLimits,
  type DeepCheckOptions,
} from '../src/index.js'
import { renamed } from './matrix/damage.js'
import { Bench, findingOf, ntfs, schemaOf, winpe } from './make-version.js'

const wim = 'hd0/part1.winpe.wim'
const signal = new AbortController().signal

let bench: Bench
let plain: Buffer
let pipable: Buffer
beforeAll(async () => {
  bench = await Bench.open()
  plain = await bench.captureMixedTree('--compress=none')
  pipable = await bench.captureMixedTree('--compress=fast', '--pipable')
})
afterAll(() => bench.close())

async function validate(bytes: Uint8Array, options: Partial<DeepCheckOptions> = {}) {
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: bytes })
  const quick = await runQuickChecks(subject, thoroughLimits)
  const findings = [...quick, ...(await runDeepChecks(subject, { signal, quick, ...options }))]
  return { decision: decideVerdict(subject, findings), content: findingOf(findings, 'wim-content'), findings }
}

describe('names that wimlib passes over in silence or with a warning', () => {
  test.each([
    ['two files of one name', 'random.bin', 'notes.txt\0', 'FAIL'],
    ['a NUL', 'random.bin', 'rand\0m.bin', 'FAIL'],
    ['a control character', 'random.bin', 'rand\u0007m.bin', 'WARN'],
  ])('such as %s are a finding', async (_what, from, to, verdict) => {
    const { content } = await validate(renamed(plain, from, to))
    expect(content).toMatchObject({ verdict, found: expect.stringMatching(/Ignoring|\\u0007/) })
  })

  test('such as .. make the image INVALID', async () => {
    const twoLetters = await bench.captureNamed('xy', '--compress=none')
    const { decision, content } = await validate(renamed(twoLetters, 'xy', '..'))
    expect(decision).toBe('INVALID')
    expect(content).toMatchObject({ verdict: 'FAIL', found: expect.stringContaining('named "." or ".."') })
  })
})

describe('a file that makes wimlib fail as a machine would', () => {
  /** Fails with the examined file, and not with the one that tells the two apart. */
  const failsWithTheFile = (how: string): Promise<string> =>
    bench.program(`case "$2" in *control.wim) exit 0;; esac\n${how}`)

  test.each([39, 47, 50, 63, 72])(
    'by exit code %i is INVALID, since another WIM is verified',
    async (code) => {
      const { decision, content } = await validate(pipable, {
        wimlib: await failsWithTheFile(`exit ${code}`),
      })
      expect(decision).toBe('INVALID')
      expect(content).toMatchObject({ verdict: 'FAIL', found: `exit code ${code}` })
      expect(content?.message).toContain('fails with it twice')
    },
  )

  test.each(['SEGV', 'ABRT', 'XCPU'])('by SIG%s is INVALID', async (name) => {
    const { content } = await validate(pipable, { wimlib: await failsWithTheFile(`kill -${name} $$`) })
    expect(content).toMatchObject({ verdict: 'FAIL', found: `ended by SIG${name}` })
  })

  test('is not blamed when the sound one fails too', async () => {
    const { decision, content } = await validate(pipable, { wimlib: await bench.program('exit 50') })
    expect(decision).toBe('UNDECIDED')
    expect(content).toMatchObject({
      verdict: 'ERROR',
      found: 'exit code 50; with the sound one exit code 50',
    })
  })

  test('by claiming chunks of 1 GiB is INVALID, and costs no more memory than it may', async () => {
    const bytes = await bench.captureMixedTree('--compress=LZMS')
    bytes.writeUInt32LE(2 ** 30, 0x14)
    const { decision, content } = await validate(bytes, { wimMemoryBytes: 512 * 1024 * 1024 })
    expect(decision).toBe('INVALID')
    expect(content).toMatchObject({ verdict: 'FAIL', found: expect.stringMatching(/^exit code 39/) })
  })
})

describe('wimlib', () => {
  test('runs under limits of memory, time and output, and gives way to others', async () => {
    const wimlib = await bench.program('echo "$(ulimit -v) $(ulimit -f) $(ulimit -c) $(nice)" >&2; exit 5')
    const { content } = await validate(pipable, { wimlib, wimMemoryBytes: 1024 ** 3 })
    expect(content?.found).toMatch(/^exit code 5: 1048576 0 0 1\d$/)
  })

  test('gets no file that another check failed', async () => {
    const damaged = Buffer.from(pipable)
    damaged[21] = 0
    const { content } = await validate(damaged, { wimlib: '/nowhere/wimlib-imagex' })
    expect(content).toMatchObject({ verdict: 'SKIP', message: 'Not looked at, since wim-structure failed.' })
  })
})

test('XML that is made to take long is not parsed at the seal', async () => {
  const xml = Buffer.from(`\ufeff<WIM>${'<a>b</a>'.repeat(30_000)}</WIM>`, 'utf16le')
  const bytes = Buffer.concat([plain, xml])
  const flags = 2n << 56n
  for (const at of [0x48, 0x58]) bytes.writeBigUInt64LE((at === 0x48 ? flags : 0n) | BigInt(xml.length), at)
  bytes.writeBigUInt64LE(BigInt(plain.length), 0x50)
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wim]: bytes })
  const atSeal: readonly Finding[] = await runQuickChecks(subject)
  expect(findingOf(atSeal, 'wim-metadata')).toMatchObject({ verdict: 'SKIP', found: '480,024 bytes' })
  const later = await runQuickChecks(subject, thoroughLimits)
  expect(findingOf(later, 'wim-metadata')).toMatchObject({
    verdict: 'FAIL',
    message: 'The file holds no image.',
  })
})
