import { describe, expect, test } from '@jest/globals'
import { winpeSchema } from '@goldkeep/testing'
import { useLab } from './support/versions.js'

describe('the files that an upload is told to bring', () => {
  const { house } = useLab()

  test('say of themselves whether they may be left out', async () => {
    const text = winpeSchema({ partitions: [{ number: 1 }, { number: 2 }] })
    const layout = JSON.parse(text) as { harddrives: { partitions: { active: string }[] }[] }
    for (const partition of layout.harddrives[0]?.partitions.slice(1) ?? []) partition.active = 'false'
    const { expectedFiles } = await house.uploads.begin({
      imageId: 'lab',
      schema: Buffer.from(JSON.stringify(layout)),
    })
    expect(expectedFiles.map(({ pattern, optional }) => [pattern, optional])).toEqual([
      ['hd0/part1.winpe.wim', false],
      ['hd0/part2.winpe.wim', true],
    ])
  })
})
