import { describe, expect, test } from '@jest/globals'
import { chooseVolume, estimateBytes } from './choose-volume.js'

const fileOf = (path: string, usedMiB?: number) => ({
  matches: (other: string) => other === path,
  ...(usedMiB !== undefined && { usedMiB }),
})

describe('room for an upload', () => {
  test('known sizes count as they are, the rest by half of what is in use on the source', () => {
    const files = [fileOf('hd0/part1.winpe.wim', 100), fileOf('hd0/part2.winpe.wim', 10), fileOf('hd0/table')]
    expect(estimateBytes(files, { 'hd0/part1.winpe.wim': 7 })).toBe(7 + 5 * 1024 * 1024)
  })

  test('the volume with the most room is taken', () => {
    const volumes = [
      { volumeId: 'a', freeBytes: 10 },
      { volumeId: 'b', freeBytes: 30 },
    ]
    expect(chooseVolume(volumes, 20).volumeId).toBe('b')
    expect(() => chooseVolume(volumes, 31)).toThrow(expect.objectContaining({ reason: 'NO_SPACE' }))
  })

  test('a house without a volume takes no upload', () => {
    expect(() => chooseVolume([], 0)).toThrow(expect.objectContaining({ reason: 'NO_VOLUME' }))
  })
})
