import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { appendFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { captureWim, makeWindowsTree, temporaryDirectory, treeOf, winpeSchema } from './index.js'
import { withAppliedWim } from './capture-wim.js'
import type { TemporaryDirectory } from './index.js'

let directory: TemporaryDirectory

beforeEach(async () => {
  directory = await temporaryDirectory()
})

afterEach(async () => {
  await directory.remove()
})

test('a captured tree comes back from the WIM file as it was', async () => {
  const tree = join(directory.path, 'tree')
  await makeWindowsTree(tree, { seed: 1, bytes: 300_000 })
  const file = await captureWim(tree, join(directory.path, 'part3.winpe.wim'))
  await withAppliedWim(file, async (applied) => {
    expect(await treeOf(applied)).toEqual(await treeOf(tree))
  })
})

test('the seed decides the bytes of a tree', async () => {
  const trees = ['a', 'b', 'c'].map((name) => join(directory.path, name))
  for (const [index, tree] of trees.entries())
    await makeWindowsTree(tree, { seed: index === 2 ? 2 : 1, bytes: 50_000 })
  const [first, again, other] = await Promise.all(trees.map((tree) => treeOf(tree)))
  expect(first).toEqual(again)
  expect(first).not.toEqual(other)
})

test('a listing tells a changed byte and a link', async () => {
  await makeWindowsTree(directory.path, { seed: 1, bytes: 10_000 })
  const before = await treeOf(directory.path)
  await appendFile(join(directory.path, 'Windows/version.txt'), '!')
  await symlink('Windows', join(directory.path, 'link'))
  const after = await treeOf(directory.path)
  expect(after).toContain('link link -> Windows')
  expect(after.filter((line) => !before.includes(line))).toHaveLength(2)
  expect(await treeOf(directory.path, { without: /^link$|version\.txt$/ })).toHaveLength(before.length - 1)
})

test('a schema is one line of JSON whose values are strings', () => {
  const text = winpeSchema({ partitions: [{ number: 1, type: 'System', fsType: 'FAT32', usedMiB: 30 }] })
  expect(text).not.toContain('\n')
  expect(JSON.parse(text)).toMatchObject({
    harddrives: [
      { name: '0', partitions: [{ number: '1', start: '1048576', volumesize: '60', usedmb: '30' }] },
    ],
  })
})
