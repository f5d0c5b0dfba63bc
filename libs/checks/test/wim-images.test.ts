import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Finding } from '@goldkeep/domain'
import { decideVerdict, runDeepChecks, runQuickChecks, thoroughLimits, type Decision } from '../src/index.js'
import { Bench, complaints, findingOf, ntfs, schemaOf, winpe } from './make-version.js'

const wimlib = async (...words: string[]): Promise<void> => {
  await promisify(execFile)('wimlib-imagex', words)
}
const wim = 'hd0/part1.winpe.wim'
const large = { ...ntfs, usedmb: '4096' }

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.close())

async function validate(
  files: Record<string, Uint8Array>,
  partition: object = ntfs,
): Promise<{ decision: Decision; findings: readonly Finding[] }> {
  const subject = await bench.version(schemaOf(partition), winpe, files)
  const { signal } = new AbortController()
  const quick = await runQuickChecks(subject, thoroughLimits)
  const findings = [...quick, ...(await runDeepChecks(subject, { signal, quick }))]
  return { decision: decideVerdict(subject, findings), findings }
}

/** Two trees, the second with a file more. */
async function makeTrees(directory: string): Promise<[string, string]> {
  const trees: [string, string] = [join(directory, 'first'), join(directory, 'second')]
  for (const [index, tree] of trees.entries()) {
    await mkdir(tree)
    await writeFile(join(tree, 'shared'), 'the same in both '.repeat(3_000))
    if (index === 1) await writeFile(join(tree, 'added'), 'only in the second')
  }
  return trees
}

describe('a WIM without the image that is deployed', () => {
  test('for want of a metadata resource is INVALID, though wimlib only warns', async () => {
    const bytes = await bench.captureMixedTree('--compress=fast')
    const table = Number(bytes.readBigUInt64LE(0x38))
    for (let entry = table; entry < table + Number(bytes.readBigUInt64LE(0x40)); entry += 50)
      if ((bytes.readUInt8(entry + 7) & 2) !== 0) bytes.writeUInt32LE(0, entry + 26)
    const { decision, findings } = await validate({ [wim]: bytes })
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-metadata')).toMatchObject({
      message: 'The file has no metadata resource: nothing says which files its image has.',
      found: 'none',
    })
  })

  test('of an empty tree is INVALID where the partition had gigabytes in use', async () => {
    const directory = await bench.wimlib(async (made) => {
      await mkdir(join(made, 'empty'))
      await wimlib('capture', join(made, 'empty'), join(made, 'a.wim'), '--compress=fast', '--pipable')
    })
    const { decision, findings } = await validate({ [wim]: await readFile(join(directory, 'a.wim')) }, large)
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-metadata')).toMatchObject({
      verdict: 'FAIL',
      message: 'The image is empty, as when an empty directory was captured.',
    })
  })

  test('whose header counts another number of images than its XML is INVALID', async () => {
    const bytes = await bench.captureMixedTree('--compress=fast')
    bytes.writeUInt32LE(2, 0x2c)
    const { decision, findings } = await validate({ [wim]: bytes })
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-metadata')).toMatchObject({
      message: 'The header and the XML data disagree about the images.',
      found: '1 in the XML data',
    })
  })

  test('that is a delta is INVALID, and is said to need another WIM', async () => {
    const directory = await bench.wimlib(async (made) => {
      const [first, second] = await makeTrees(made)
      await wimlib('capture', first, join(made, 'base.wim'), '--compress=fast')
      const from = `--delta-from=${join(made, 'base.wim')}`
      await wimlib('capture', second, join(made, 'delta.wim'), '--compress=fast', from)
    })
    const { decision, findings } = await validate({ [wim]: await readFile(join(directory, 'delta.wim')) })
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-content')).toMatchObject({
      verdict: 'FAIL',
      message: expect.stringContaining('needs another WIM'),
    })
  })
})

describe('a WIM of two images', () => {
  test.each([['--compress=fast'], ['--compress=fast', '--pipable']])(
    'captured with %s is VALID with a warning that share clients cannot apply it',
    async (...words) => {
      const directory = await bench.wimlib(async (made) => {
        const [first, second] = await makeTrees(made)
        await wimlib('capture', first, join(made, 'one.wim'), ...words)
        await wimlib('capture', second, join(made, 'two.wim'), ...words)
        const images = [join(made, 'one.wim'), join(made, 'two.wim')]
        await wimlib('export', images[0] ?? '', '1', join(made, 'a.wim'), 'first', ...words.slice(1))
        await wimlib('export', images[1] ?? '', '1', join(made, 'a.wim'), 'second', '--rebuild')
      })
      const { decision, findings } = await validate({ [wim]: await readFile(join(directory, 'a.wim')) })
      expect(decision).toBe('VALID')
      expect(findingOf(findings, 'wim-metadata')).toMatchObject({
        verdict: 'WARN',
        message: expect.stringContaining('a share client, which names no image, cannot apply it'),
        found: '2 images',
      })
    },
  )
})

describe('a split WIM', () => {
  let parts: Uint8Array[]

  beforeAll(async () => {
    const directory = await bench.wimlib(async (made) => {
      await writeFile(join(made, 'whole.wim'), await bench.captureWim(4_000_000, '--compress=fast'))
      await wimlib('split', join(made, 'whole.wim'), join(made, 'part.swm'), '1.5')
      await rename(join(made, 'part.swm'), join(made, 'part1.swm'))
    })
    const names = (await readdir(directory)).filter((name) => name.endsWith('.swm')).sort()
    parts = await Promise.all(names.map((name) => readFile(join(directory, name))))
  })

  /** The parts under the names that wimlib gives them, the first under that of a whole WIM. */
  const named = (some: readonly Uint8Array[]): Record<string, Uint8Array> =>
    Object.fromEntries(
      some.map((bytes, index) => [index === 0 ? wim : `hd0/part1.winpe${index + 1}.swm`, bytes]),
    )

  test('that is complete is VALID with a warning', async () => {
    expect(parts.length).toBeGreaterThan(2)
    const { decision, findings } = await validate(named(parts))
    expect(findings.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'ERROR')).toEqual([])
    expect(decision).toBe('VALID')
    expect(findingOf(findings, 'wim-structure')).toMatchObject({
      verdict: 'WARN',
      message: expect.stringContaining('first part of a split WIM'),
    })
  })

  test('of which only the first part is there is INVALID', async () => {
    const { decision, findings } = await validate(named(parts.slice(0, 1)))
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-structure')?.message).toContain(`part 2 of ${parts.length} is absent`)
  })

  test('of which a part is there twice in the place of another is INVALID', async () => {
    const [first, second] = parts
    if (!first || !second) throw new Error('no parts')
    const { decision, findings } = await validate(named([first, second, second]))
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-structure')?.message).toContain('part 2 is there twice')
  })

  test('whose second part is of another set is INVALID', async () => {
    const [first, second, ...others] = parts
    if (!first || !second) throw new Error('no parts')
    const foreign = Buffer.from(second)
    foreign.writeUInt8(foreign.readUInt8(0x18) ^ 1, 0x18)
    const { decision, findings } = await validate(named([first, foreign, ...others]))
    expect(decision).toBe('INVALID')
    expect(findingOf(findings, 'wim-structure')?.message).toContain('is of another set')
  })

  test('that begins with its second part is INVALID', async () => {
    const { decision } = await validate(named(parts.slice(1)))
    expect(decision).toBe('INVALID')
  })
})

test('complaints of a sound capture are none', async () => {
  const { decision, findings } = await validate({
    [wim]: await bench.captureMixedTree('--compress=fast', '--pipable'),
  })
  expect(complaints(findings)).toEqual([])
  expect(decision).toBe('VALID')
})
