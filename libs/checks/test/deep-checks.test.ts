import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { rm, truncate, writeFile } from 'node:fs/promises'
import { decideVerdict, findWimlib, runDeepChecks, runQuickChecks, type CheckSubject } from '../src/index.js'
import { Bench, complaints, findingOf, ntfs, schemaOf, winpe } from './make-version.js'

let bench: Bench
let pipable: Buffer
const wim = 'hd0/part1.winpe.wim'
const signal = new AbortController().signal

beforeAll(async () => {
  bench = await Bench.open()
  pipable = await bench.captureWim(400_000, '--pipable', '--compress=fast')
})
afterAll(() => bench.close())

const versionOf = (bytes: Uint8Array): Promise<CheckSubject> =>
  bench.version(schemaOf(ntfs), winpe, { [wim]: bytes })
const localPathOf = (subject: CheckSubject): string => subject.files[0]?.localPath ?? ''

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const middle = copy.length >> 1
  copy[middle] = (copy[middle] ?? 0) ^ 1
  return copy
}

describe('a whole version', () => {
  test('passes the deep checks, and is VALID with the quick ones', async () => {
    const subject = await versionOf(pipable)
    const deep = await runDeepChecks(subject, { signal })
    expect(complaints(deep)).toEqual([])
    expect(deep.map(({ check, path }) => `${check} ${path}`)).toEqual([
      'digests schema',
      `digests ${wim}`,
      `wim-content ${wim}`,
    ])
    expect(decideVerdict(subject, [...(await runQuickChecks(subject)), ...deep])).toBe('VALID')
  })

  test('tells how far it is', async () => {
    const seen: number[] = []
    await runDeepChecks(await versionOf(pipable), { signal, onProgress: ({ bytes }) => seen.push(bytes) })
    expect(seen).toEqual([pipable.length, 0])
  })
})

describe('damage', () => {
  test('from before the upload is found by wim-content alone', async () => {
    const deep = await runDeepChecks(await versionOf(flipped(pipable)), { signal })
    expect(complaints(deep)).toEqual([`wim-content FAIL ${wim}`])
    expect(findingOf(deep, 'wim-content')).toMatchObject({
      expected: 'wimlib-imagex verify ends with 0',
      found: expect.stringMatching(/^exit code \d+: \S/),
    })
  })

  test('of one byte on disk after the seal is found by the digest', async () => {
    const subject = await versionOf(pipable)
    await writeFile(localPathOf(subject), flipped(pipable))
    const finding = findingOf(await runDeepChecks(subject, { signal }), 'digests', wim)
    expect(finding).toMatchObject({ verdict: 'FAIL', expected: `sha256 ${subject.files[0]?.sha256}` })
    expect(finding?.found).toMatch(/^sha256 [0-9a-f]{64}$/)
  })

  test('of the length on disk is told in bytes', async () => {
    const subject = await versionOf(pipable)
    await truncate(localPathOf(subject), 1000)
    expect(findingOf(await runDeepChecks(subject, { signal }), 'digests', wim)).toMatchObject({
      verdict: 'FAIL',
      found: '1,000 bytes',
    })
  })

  test('of the schema is found by its digest', async () => {
    const subject = { ...(await versionOf(pipable)), schema: schemaOf({ ...ntfs, usedmb: '2' }) }
    expect(complaints(await runDeepChecks(subject, { signal }))).toEqual(['digests FAIL schema'])
  })
})

describe('what could not be judged', () => {
  test('such as a file that is not there is an ERROR and decides nothing', async () => {
    const subject = await versionOf(pipable)
    const quick = await runQuickChecks(subject)
    await rm(localPathOf(subject))
    const deep = await runDeepChecks(subject, { signal })
    expect(complaints(deep)).toEqual([`digests ERROR ${wim}`, `wim-content ERROR ${wim}`])
    expect(decideVerdict(subject, [...quick, ...deep])).toBe('UNDECIDED')
  })

  test('such as a link in the place of a file is an ERROR: it is not followed', async () => {
    const subject = await versionOf(pipable)
    const files = subject.files.map((file) => ({ ...file, localPath: '/dev/zero' }))
    await rm(localPathOf(subject))
    expect(complaints(await runDeepChecks({ ...subject, files }, { signal }))).toHaveLength(2)
  })

  test('in time is an ERROR', async () => {
    const slow = await bench.program('exec sleep 60')
    const deep = await runDeepChecks(await versionOf(pipable), { signal, wimlib: slow, wimTimeoutMs: 200 })
    expect(findingOf(deep, 'wim-content')).toMatchObject({ verdict: 'ERROR', found: 'not done after 0.2 s' })
  })

  test.each([
    ['for want of wimlib', async () => '/nowhere/wimlib-imagex', /cannot run .*No such file/],
    [
      'for want of memory',
      () => bench.program('echo "[ERROR] Out of memory" >&2; exit 39'),
      /39: Out of memory/,
    ],
    ['since the program was killed', () => bench.program('kill -9 $$'), /ended by SIGKILL/],
  ])('%s is an ERROR', async (_why, program, found) => {
    const deep = await runDeepChecks(await versionOf(pipable), { signal, wimlib: await program() })
    expect(findingOf(deep, 'wim-content')).toMatchObject({
      verdict: 'ERROR',
      found: expect.stringMatching(found),
    })
  })

  test('for want of wimlib is known beforehand', async () => {
    expect(await findWimlib('/nowhere/wimlib-imagex')).toBe(false)
    expect(await findWimlib()).toBe(true)
  })
})

describe('an abort', () => {
  test('while a file is read ends it with the reason, not with findings', async () => {
    const stop = new AbortController()
    const subject = await versionOf(pipable)
    const reason = new Error('another worker has it')
    const work = runDeepChecks(subject, { signal: stop.signal, onProgress: () => stop.abort(reason) })
    await expect(work).rejects.toBe(reason)
  })

  test('while wimlib-imagex runs ends the child', async () => {
    const stop = new AbortController()
    const reason = new Error('stopping')
    const subject = await versionOf(pipable)
    const work = runDeepChecks(subject, {
      signal: stop.signal,
      onProgress: ({ check }) => {
        if (check === 'wim-content') setImmediate(() => stop.abort(reason))
      },
    })
    await expect(work).rejects.toBe(reason)
  })
})
