import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { directoryInMemory, treeOf, type TemporaryDirectory } from '@goldkeep/testing'
import fs from 'node:fs'
import { join } from 'node:path'
import type { Syscalls } from '../../../src/store/disk/syscalls.js'
import { directSyscalls } from '../direct-syscalls.js'
import { randomFrom } from '../random.js'
import { attach, type AttachedSyscalls } from './attach.js'
import { loseEverything, losePart } from './materialise.js'
import { Medium } from './medium.js'

const { O_CREAT, O_RDONLY, O_WRONLY } = fs.constants
let directory: TemporaryDirectory
let medium: Medium
let sys: AttachedSyscalls
let root: number

beforeEach(async () => {
  directory = await directoryInMemory('medium')
  const path = join(directory.path, 'live')
  fs.mkdirSync(join(path, 'there'), { recursive: true })
  fs.writeFileSync(join(path, 'there/old'), 'old')
  medium = new Medium(path)
  await open(directSyscalls)
})
afterEach(async () => {
  await sys.bury()
  await directory.remove()
})

async function open(below: Syscalls): Promise<void> {
  sys = attach(medium, below)
  root = await sys.open(medium.path, O_RDONLY)
}

const at = (name: string, fd = root): string => `/proc/self/fd/${fd}/${name}`

async function write(name: string, text: string, fd = root): Promise<number> {
  const file = await sys.open(at(name, fd), O_WRONLY | O_CREAT, 0o644)
  await sys.write(file, Buffer.from(text), 0)
  return file
}

/** What is there after the loss, without its digests. */
async function leftAfterLoss(): Promise<string[]> {
  const target = join(directory.path, 'lost')
  loseEverything(medium, target)
  const tree = await treeOf(target)
  fs.rmSync(target, { recursive: true })
  return tree.map((line) => line.replace(/ [0-9a-f]{64}$/, ''))
}

describe('after a loss of power', () => {
  const before = ['directory there', 'file there/old 3']

  test('nothing is there that was not synced', async () => {
    await write('new', 'new')
    expect(await leftAfterLoss()).toEqual(before)
  })

  test('a file whose bytes were synced is not there without its name', async () => {
    await sys.fsync(await write('new', 'new'))
    expect(await leftAfterLoss()).toEqual(before)
  })

  test('a name that was synced is there without its bytes', async () => {
    await write('new', 'new')
    await sys.fsync(root)
    expect(await leftAfterLoss()).toEqual([...before, 'file new 0'].sort())
  })

  test('a rename is there once both directories were synced', async () => {
    const there = await sys.open(at('there'), O_RDONLY)
    await sys.rename(at('old', there), at('moved'))
    await sys.fsync(root)
    expect(await leftAfterLoss()).toEqual(before)
    await sys.fsync(there)
    expect(await leftAfterLoss()).toEqual(['directory there', 'file moved 3'])
  })

  test('bytes of a failed sync are not there, although a later one succeeded', async () => {
    let fails = true
    const fail = (): never => {
      throw Object.assign(new Error('EIO'), { code: 'EIO' })
    }
    await sys.bury()
    await open({ ...directSyscalls, fdatasync: async () => void (fails && fail()) })
    const file = await write('new', 'new')
    await sys.fsync(root)
    await expect(sys.fdatasync(file)).rejects.toMatchObject({ code: 'EIO' })
    fails = false
    await sys.fdatasync(file)
    expect(await leftAfterLoss()).toContain('file new 0')
  })

  test('with luck any part may be there, the same for a seed', async () => {
    for (const name of ['a', 'b', 'c']) await write(name, name.repeat(50))
    const trees = new Map<string, string>()
    for (let seed = 0; seed < 60; seed += 1) {
      const looks: string[] = []
      for (const look of ['first', 'second']) {
        const target = join(directory.path, `${seed}-${look}`)
        losePart(medium, target, randomFrom(seed))
        looks.push((await treeOf(target)).join('\n'))
      }
      expect(looks[1]).toBe(looks[0])
      trees.set(looks[0] ?? '', looks[0] ?? '')
    }
    const all = [...trees.keys()].join('\n')
    expect(trees.size).toBeGreaterThan(10)
    expect(all).toMatch(/file a 50/)
    expect(all).toMatch(/file b 0/)
    expect(all).toMatch(/file c (?!0|50)\d+ /)
  })
})
