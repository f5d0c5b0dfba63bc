import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { detectKind, fileKinds } from './index.js'

const kindOf = (bytes: Uint8Array, path: string) =>
  detectKind({ size: bytes.length, read: async (from, length) => bytes.subarray(from, from + length) }, path)

const wimHeader = (magic: string, totalParts: number): Buffer => {
  const header = Buffer.alloc(208)
  header.write(magic)
  header.writeUInt16LE(totalParts, 0x2a)
  return header
}

describe('a kind', () => {
  test.each([
    ['wim', wimHeader('MSWIM', 1), 'hd0/part1.winpe.wim'],
    ['wim-pipable', wimHeader('WLPWM', 1), 'hd0/part1.winpe.wim'],
    ['wim-split', wimHeader('MSWIM', 2), 'hd0/part1.winpe.wim'],
    ['ffu', Buffer.from('\x20\0\0\0SignedImage \0'), 'hd0/disk.ffu'],
    ['lz4', Buffer.from('04224d18ff', 'hex'), 'hd0/part1.imager.wim'],
    ['lz4', Buffer.from('02214c18ff', 'hex'), 'hd0/part1.ntfs.lz4'],
    ['gzip', Buffer.from('1f8b08', 'hex'), 'hd0/part1.ntfs.gz'],
    ['partclone', Buffer.from('partclone-image\0'), 'hd0/part1.ntfs.uncp'],
    ['schema', Buffer.from('{}'), 'schema'],
    ['table', Buffer.alloc(512), 'hd0/table'],
    ['unknown', Buffer.alloc(0), 'hd0/table'],
    ['unknown', Buffer.from('MSW'), 'hd0/part1.winpe.wim'],
    ['unknown', Buffer.from('hello'), 'hd0/part1.ntfs.lz4'],
  ])('%s is told by the bytes', async (kind, bytes, path) => {
    expect(await kindOf(bytes, path)).toBe(kind)
  })

  test('is found for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        expect(fileKinds).toContain(await kindOf(bytes, 'hd0/x'))
      }),
    )
  })
})
