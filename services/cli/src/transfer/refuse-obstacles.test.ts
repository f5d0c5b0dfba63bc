import { afterAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuseOtherThanFolder } from './refuse-obstacles.js'

const directory = await mkdtemp(join(tmpdir(), 'goldkeep-obstacles-'))
const at = (name: string): string => join(directory, name)
await mkdir(at('folder'))
await symlink('folder', at('link'))
await symlink('nowhere', at('dangling'))
await writeFile(at('file'), '')
afterAll(() => rm(directory, { recursive: true, force: true }))

test.each(['folder', 'link', 'absent'])('a %s can be fetched into', async (name) => {
  await expect(refuseOtherThanFolder(at(name))).resolves.toBeUndefined()
})

test.each([
  ['file', 'a file'],
  ['dangling', 'a symbolic link'],
])('a %s cannot, and is named', async (name, kind) => {
  await expect(refuseOtherThanFolder(at(name))).rejects.toMatchObject({
    reason: 'IN_THE_WAY',
    message: `${at(name)}: expected a folder or nothing, found ${kind}; move it away, or use another folder`,
  })
})
