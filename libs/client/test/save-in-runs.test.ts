import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { DomainError } from '@goldkeep/domain'
import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Prefix } from '../src/read-file.js'
import { saveInRuns } from '../src/save-in-runs.js'

const root = await mkdtemp(join(tmpdir(), 'goldkeep-runs-'))
afterAll(() => rm(root, { recursive: true, force: true }))

const content = randomBytes(2_500_000)
const file = { size: content.length, sha256: createHash('sha256').update(content).digest('hex') }
const part = `part1.winpe.wim.${file.sha256.slice(0, 16)}.goldkeep-part`
let directory: string
let target: string

beforeEach(async () => {
  directory = await mkdtemp(join(root, 'to-'))
  target = join(directory, 'part1.winpe.wim')
})

/** Reads as a deployment does, and is broken off at a byte, or at the digest of the whole when that is wrong. */
function reader(breakAt = Infinity) {
  const starts: number[] = []
  async function* read({ size, hash }: Prefix): AsyncGenerator<Uint8Array> {
    starts.push(size)
    if (size > content.length) throw new DomainError('SIZE_MISMATCH', 'more than the whole')
    for (let at = size; at < content.length; at += 100_000) {
      if (at >= breakAt) throw new DomainError('UNAVAILABLE', 'broken off')
      const data = content.subarray(at, at + 100_000)
      hash.update(data)
      if (at + data.length < content.length) yield await Promise.resolve(data)
    }
    if (hash.digest('hex') !== file.sha256) throw new DomainError('DIGEST_MISMATCH', 'another file')
    yield content.subarray(-((content.length - size) % 100_000 || 100_000))
  }
  return { starts, read }
}

describe('a file that is saved in runs', () => {
  test('goes on where the last run was broken off, and is whole in the end', async () => {
    const { starts, read } = reader(1_000_000)
    await expect(saveInRuns(target, file, read)).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    expect(await readdir(directory)).toEqual([part])
    await saveInRuns(target, file, reader().read)
    expect((await readFile(target)).equals(content)).toBe(true)
    expect(await readdir(directory)).toEqual(['part1.winpe.wim'])
    expect(starts).toEqual([0])
  })

  test('reads nothing again but what is missing', async () => {
    await writeFile(join(directory, part), content.subarray(0, 1_234_567))
    const { starts, read } = reader()
    await saveInRuns(target, file, read)
    expect(starts).toEqual([1_234_567])
    expect((await readFile(target)).equals(content)).toBe(true)
  })

  test.each([
    ['other bytes', randomBytes(700_000)],
    ['more than the file has', randomBytes(content.length + 1)],
  ])('is read anew when what was left is %s', async (_, left) => {
    await writeFile(join(directory, part), left)
    const { starts, read } = reader()
    await saveInRuns(target, file, read)
    expect(starts.at(-1)).toBe(0)
    expect((await readFile(target)).equals(content)).toBe(true)
  })

  test('leaves nothing of a whole that is another file, and what was there before stays', async () => {
    await writeFile(target, 'before')
    const other = { ...file, sha256: '0'.repeat(64) }
    async function* wrong(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(content)
      throw new DomainError('DIGEST_MISMATCH', 'another file')
    }
    await expect(saveInRuns(target, other, wrong)).rejects.toMatchObject({ reason: 'DIGEST_MISMATCH' })
    expect(await readdir(directory)).toEqual(['part1.winpe.wim'])
    expect(await readFile(target, 'utf8')).toBe('before')
  })

  test('removes what runs for another version of it have left, and touches nothing else', async () => {
    const mine = [`part1.winpe.wim.${'a'.repeat(16)}.goldkeep-part`, 'part1.winpe.wim.goldkeep-part']
    const others = ['part1', 'part1.winpe.wim.bak', `part1.${'b'.repeat(16)}.goldkeep-part`]
    for (const name of [...mine, ...others]) await appendFile(join(directory, name), 'x')
    await saveInRuns(target, file, reader().read)
    expect((await readdir(directory)).sort()).toEqual([...others, 'part1.winpe.wim'].sort())
  })
})
