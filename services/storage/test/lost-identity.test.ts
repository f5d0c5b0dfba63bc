import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { temporaryDirectory } from '@goldkeep/testing'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { takeVolume } from '../src/store/disk/open-volume.js'

describe('a volume that has lost its volume.json', () => {
  let volume: string
  let remove: () => Promise<void>

  beforeEach(async () => {
    const directory = await temporaryDirectory('lost-identity')
    volume = directory.path
    remove = directory.remove
  })
  afterEach(() => remove())

  const take = () => takeVolume(volume, createLogger('storage', 'silent'), new AbortController().signal)

  test.each(['images/win11-lab', 'staging/20260101T000000Z-aaaaaaaa', 'trash/some'])(
    'and holds %s does not become another one',
    async (held) => {
      await mkdir(join(volume, held), { recursive: true })
      await expect(take()).rejects.toThrow(/has no volume\.json, and \w+\/ is not empty/)
      await expect(access(join(volume, 'volume.json'))).rejects.toMatchObject({ code: 'ENOENT' })
    },
  )

  test('and holds nothing is a new one', async () => {
    await (await take()).release()
    const again = await take()
    expect(again.identity).toBeUndefined()
    await again.release()
  })
})
