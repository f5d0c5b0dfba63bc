import { describe, expect, test } from '@jest/globals'
import { chooseVolume, estimateBytes } from './choose-volume.js'

const fileOf = (path: string, usedMiB?: number) => ({
  pattern: path,
  ...(usedMiB !== undefined && { usedMiB }),
})

const minute = 60_000
const volumeOf = (volumeId: string, freeBytes: number, silentMs = 0) => ({
  volumeId,
  address: `${volumeId}:7461`,
  freeBytes,
  silentMs,
  lastSeenAt: new Date('2026-10-26T08:00:00Z'),
})

describe('room for an upload', () => {
  test('known sizes count as they are, the rest by half of what is in use on the source', () => {
    const files = [fileOf('hd0/part1.winpe.wim', 100), fileOf('hd0/part2.winpe.wim', 10), fileOf('hd0/table')]
    expect(estimateBytes(files, { 'hd0/part1.winpe.wim': 7 })).toBe(7 + 5 * 1024 * 1024)
  })

  test('the volume with the most room is taken', () => {
    const volumes = [volumeOf('a', 10), volumeOf('b', 30)]
    expect(chooseVolume(volumes, 20, minute).volumeId).toBe('b')
    expect(() => chooseVolume(volumes, 31, minute)).toThrow(expect.objectContaining({ reason: 'NO_SPACE' }))
  })

  test('a house without a volume takes no upload', () => {
    expect(() => chooseVolume([], 0, minute)).toThrow(expect.objectContaining({ reason: 'NO_VOLUME' }))
  })

  test('a volume that has fallen silent is passed over, however much room it had', () => {
    const volumes = [volumeOf('living', 10, minute), volumeOf('dead', 1_000, minute + 1)]
    expect(chooseVolume(volumes, 5, minute).volumeId).toBe('living')
    expect(() => chooseVolume(volumes, 11, minute)).toThrow(expect.objectContaining({ reason: 'NO_SPACE' }))
  })

  test('where no volume reports, the refusal names them and since when', () => {
    expect(() => chooseVolume([volumeOf('dead', 1_000, minute + 1)], 5, minute)).toThrow(
      expect.objectContaining({
        reason: 'UNAVAILABLE',
        message: expect.stringContaining('dead since 2026-10-26T08:00:00.000Z') as unknown,
      }),
    )
  })
})
