import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { combineFindings, decideVerdict, runDeepChecks, runQuickChecks } from '../src/index.js'
import { ffuImage, flipped, lz4, partcloneImage, partitionTable } from './make-images.js'
import { Bench, complaints, findingOf, linux, schemaOf, winpe } from './make-version.js'

let bench: Bench
const signal = new AbortController().signal

beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.close())

async function examine(path: string, bytes: Buffer, partition: object = {}) {
  const fsType = path.includes('imager') ? 'btrfs' : 'ntfs'
  const isFfu = path.endsWith('.ffu')
  const subject = isFfu
    ? await bench.version(schemaOf({ fsType }), { ...winpe, type: 'block' }, { [path]: bytes })
    : await bench.version(schemaOf({ fsType, ...partition }), linux, {
        'hd0/table': partitionTable(),
        [path]: bytes,
      })
  const quick = await runQuickChecks(subject)
  const all = combineFindings(quick, await runDeepChecks(subject, { signal, quick }))
  return { quick, all, decision: decideVerdict(subject, all) }
}

describe('a whole block image', () => {
  test.each([
    ['lz4', 'part1.ntfs.lz4', () => lz4(partcloneImage())],
    [
      'lz4 with linked blocks and their checksums',
      'part1.ntfs.lz4',
      () => lz4(partcloneImage(), '-BD', '-BX', '-B4'),
    ],
    ['legacy lz4', 'part1.ntfs.lz4', () => lz4(partcloneImage(), '-l')],
    [
      'several lz4 frames',
      'part1.imager.lz4',
      () => Buffer.concat([lz4(Buffer.alloc(9)), lz4(randomBytes(90_000))]),
    ],
    ['gzip', 'part1.ntfs.gz', () => gzipSync(partcloneImage())],
    [
      'several gzip members',
      'part1.imager.gz',
      () => Buffer.concat([gzipSync('a'), gzipSync(randomBytes(90_000))]),
    ],
    ['partclone', 'part1.ntfs.uncp', () => partcloneImage()],
    ['lz4 under the name of a WIM', 'part1.imager.wim', () => lz4(partcloneImage({ fileSystem: 'BTRFS' }))],
    ['FFU', 'disk.ffu', ffuImage],
  ])('of %s is VALID', async (_kind, name, make) => {
    const { all, decision } = await examine(`hd0/${name}`, make())
    expect(complaints(all)).toEqual([])
    expect(findingOf(all, 'block-image', `hd0/${name}`)?.message).toBe('All of the image can be read.')
    expect(decision).toBe('VALID')
  })
})

describe('a block image', () => {
  const cut = (bytes: Buffer): Buffer => bytes.subarray(0, -9)
  test.each([
    ['lz4 that is cut', 'part1.ntfs.lz4', () => cut(lz4(partcloneImage()))],
    ['gzip that is cut', 'part1.ntfs.gz', () => cut(gzipSync(partcloneImage()))],
    ['partclone data that is cut', 'part1.ntfs.uncp', () => cut(partcloneImage())],
    ['an FFU that is cut', 'disk.ffu', () => ffuImage().subarray(0, 200_000)],
    ['gzip under the name of lz4', 'part1.ntfs.lz4', () => gzipSync(partcloneImage())],
    ['text under the name of lz4', 'part1.ntfs.lz4', () => Buffer.from('<html>not found</html>')],
    ['an lz4 header with a wrong checksum', 'part1.ntfs.lz4', () => flipped(lz4(partcloneImage()), 6)],
    ['another file system', 'part1.ntfs.lz4', () => lz4(partcloneImage({ fileSystem: 'EXTFS' }))],
    ['a WIM under the name of an FFU', 'disk.ffu', () => Buffer.from('MSWIM\0\0\0'.padEnd(300))],
  ])('of %s fails at the seal', async (_kind, name, make) => {
    const { quick, decision } = await examine(`hd0/${name}`, make())
    expect(complaints(quick)).toContain(`block-image FAIL hd0/${name}`)
    expect(decision).toBe('INVALID')
  })

  test.each([
    ['lz4 damaged in the middle', 'part1.ntfs.lz4', () => flipped(lz4(partcloneImage()))],
    ['gzip damaged in the middle', 'part1.ntfs.gz', () => flipped(gzipSync(partcloneImage()))],
    ['partclone data damaged in the middle', 'part1.ntfs.uncp', () => flipped(partcloneImage())],
    ['partclone data cut inside of whole lz4', 'part1.ntfs.lz4', () => lz4(cut(partcloneImage()))],
    ['an FFU damaged in the middle', 'disk.ffu', () => flipped(ffuImage())],
    [
      'gzip with garbage behind it',
      'part1.imager.gz',
      () => Buffer.concat([gzipSync('a'), Buffer.from('x')]),
    ],
  ])('of %s is INVALID', async (_kind, name, make) => {
    const { all, decision } = await examine(`hd0/${name}`, make())
    expect(complaints(all)).toContain(`block-image FAIL hd0/${name}`)
    expect(decision).toBe('INVALID')
  })

  test.each(['lz4', 'gz'])('that is raw must have the size of its partition, packed as %s', async (kind) => {
    const pack = (bytes: Buffer): Buffer => (kind === 'gz' ? gzipSync(bytes) : lz4(bytes))
    const path = `hd0/part1.imager.${kind}`
    const decide = async (bytes: number) =>
      (await examine(path, pack(randomBytes(bytes)), { size: '200' })).decision
    expect(await decide(102_400)).toBe('VALID')
    expect(await decide(102_399)).toBe('INVALID')
    expect(await decide(102_401)).toBe('INVALID')
  })
})

test('a gigabyte of zeros in a small gzip is given up at the size of its partition', async () => {
  const member = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const bomb = Buffer.concat(Array.from({ length: 16 }, () => member))
  const { all } = await examine('hd0/part1.imager.gz', bomb, { size: '2000' })
  expect(findingOf(all, 'block-image', 'hd0/part1.imager.gz')?.message).toBe(
    'The raw image is larger than its partition.',
  )
})

test('every damaged byte of a packed image is a FAIL, and no bytes end the examination', async () => {
  const whole = lz4(partcloneImage())
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (at) => {
      expect((await examine('hd0/part1.ntfs.lz4', flipped(whole, at))).decision).toBe('INVALID')
    }),
    { numRuns: 8 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('lz4', 'gz', 'uncp'),
      fc.uint8Array({ minLength: 1 }),
      async (kind, bytes) => {
        const magic = { lz4: '04224d18', gz: '1f8b08', uncp: '' }[kind as 'lz4']
        const made = Buffer.concat([Buffer.from(magic, 'hex'), bytes])
        expect((await examine(`hd0/part1.ntfs.${kind}`, made)).decision).not.toBe('UNDECIDED')
      },
    ),
    { numRuns: 8 },
  )
})
