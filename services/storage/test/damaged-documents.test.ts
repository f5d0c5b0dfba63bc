import { expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takeVolume } from '../src/store/disk/open-volume.js'
import { lab, other, publishPrimary, useShelf } from './commands/shelf.js'

const shelf = useShelf()

/** Changes one character of an id in the document, which stays a valid id. */
async function damageId(path: string, id: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  const damaged = text.replace(id, id.slice(0, -1) + (id.endsWith('z') ? 'y' : 'z'))
  expect(damaged).not.toBe(text)
  await writeFile(path, damaged)
  return damaged
}

test('a volume.json with another id than was written is kept, and nothing is served under that id', async () => {
  const path = join(shelf.volume, 'volume.json')
  const whole = await readFile(path)
  const { volume } = shelf.store.identity
  const meanwhile = async (): Promise<void> => {
    const damaged = await damageId(path, volume)
    await expect(
      takeVolume(shelf.volume, createLogger('storage', 'silent'), new AbortController().signal),
    ).rejects.toThrow(/put a good copy of it back \(volume\.json: .*crc32.*is damaged\)/)
    expect(await readFile(path, 'utf8')).toBe(damaged)
    await writeFile(path, whole)
  }
  await shelf.reopen({ meanwhile })
})

test('an image.json with another uid than was published is kept and told, and nothing is published over it', async () => {
  const path = join(shelf.volume, 'images', lab.imageId, 'image.json')
  let damaged = ''
  await shelf.reopen({ meanwhile: async () => void (damaged = await damageId(path, lab.imageUid)) })
  expect(shelf.store.troubles()).toEqual([expect.stringMatching(/^image\.json of image win11-lab cannot be/)])
  await expect(publishPrimary(shelf.store, 9, other)).rejects.toMatchObject({ reason: 'DOCUMENT_UNREADABLE' })
  expect(await readFile(path, 'utf8')).toBe(damaged)
})
