import { crc32, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { xxh32 } from '../../src/block-image/xxh32.js'
import { mutation } from '../mutants/mutate.js'

/** Numbers at which sums, products and signs go wrong. */
const edges = [0n, 1n, 2n, 31n, 255n, 0x7fffn, 0xffffn, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn]
const largeEdges = [2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 55n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]

/** A little-endian number in the place of another, within the first bytes of a file or the last ones. */
const fieldChange = fc
  .record({
    at: fc.nat(400),
    fromEnd: fc.boolean(),
    bytes: fc.constantFrom(1, 2, 4, 8),
    value: fc.oneof(fc.constantFrom(...edges, ...largeEdges), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  })
  .map(({ at, fromEnd, bytes, value }) => (whole: Buffer): Buffer => {
    const copy = Buffer.from(whole)
    const place = Math.max(0, Math.min(fromEnd ? copy.length - at - bytes : at, copy.length - bytes))
    const number = Buffer.alloc(8)
    number.writeBigUInt64LE(value)
    number.copy(copy, place, 0, bytes)
    return copy
  })

/** One to three changes of a sound file: bits, runs, cuts, repetitions, and numbers at the edges. */
export const changed = (sound: readonly Buffer[]): fc.Arbitrary<Buffer> => {
  const change = fc.oneof(
    mutation.map(({ apply }) => apply),
    fieldChange,
  )
  return fc
    .tuple(fc.constantFrom(...sound), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([file, changes]) =>
      changes.reduce<Buffer>((made, apply) => (made.length > 0 ? apply(made) : made), file),
    )
}

const number64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
const tail = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes))
const smallOrEdge = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.constantFrom(...edges, ...largeEdges))

/** A partclone head of any numbers whose checksum is right, and any bytes behind it. */
const partcloneHead2 = fc
  .record({
    numbers: fc.array(smallOrEdge, { minLength: 4, maxLength: 4 }),
    rest: fc.uint8Array({ minLength: 22, maxLength: 22 }),
    tail,
  })
  .map(({ numbers, rest, tail }) => {
    const head = Buffer.concat([
      Buffer.from('partclone-image\x000.3.23\0\0\0\0\0\0\0\x000002\xde\xc0', 'latin1'),
      Buffer.from('EXTFS'.padEnd(16, '\0')),
      ...numbers.map(number64),
      rest,
    ])
    head[105] = 1
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE((crc32(head) ^ 0xffffffff) >>> 0)
    return Buffer.concat([head, sum, tail])
  })

/** The same of version 1, with a bitmap that is as long as the head says where that is possible. */
const partcloneHead1 = fc
  .record({
    numbers: fc.array(smallOrEdge, { minLength: 3, maxLength: 3 }),
    block: fc.constantFrom(1, 512, -1, 0),
    used: fc.nat(1),
    tail,
  })
  .map(({ numbers: [device = 0n, total = 0n, used = 0n], block, used: bit, tail }) => {
    const head = Buffer.alloc(4160)
    head.write('partclone-image')
    head.write('EXTFS', 15)
    head.write('0001', 30)
    head.writeInt32LE(block, 36)
    for (const [index, value] of [device, total, used].entries()) head.writeBigUInt64LE(value, 40 + 8 * index)
    return Buffer.concat([
      head,
      Buffer.alloc(total <= 300n ? Number(total) : 9, bit),
      Buffer.from('BiTmAgIc'),
      tail,
    ])
  })

export const partcloneData = fc.oneof(partcloneHead2, partcloneHead1)

/** An lz4 frame of any flags whose descriptor has the right checksum, with any blocks. */
export const lz4Data = fc
  .record({
    flags: fc.nat(63).map((bits) => 0x40 | bits),
    sizes: fc.constantFrom(0x40, 0x50, 0x60, 0x70),
    content: smallOrEdge,
    blocks: fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
    stored: fc.boolean(),
    tail: fc.oneof(fc.constant(Buffer.alloc(4)), tail),
  })
  .map(({ flags, sizes, content, blocks, stored, tail }) => {
    const descriptor = Buffer.concat([
      Buffer.from([flags, sizes]),
      flags & 8 ? number64(content) : Buffer.alloc(0),
    ])
    const framed = blocks.map((block) => {
      const size = Buffer.alloc(4)
      size.writeUInt32LE((block.length | (stored ? 0x80000000 : 0)) >>> 0)
      return Buffer.concat([size, block])
    })
    const sum = Buffer.from([(xxh32(descriptor) >>> 8) & 0xff])
    return Buffer.concat([Buffer.from('04224d18', 'hex'), descriptor, sum, ...framed, tail])
  })

/** What a legacy frame may hold: blocks of any size. */
export const legacyLz4Data = fc
  .array(fc.tuple(fc.oneof(fc.nat(64), fc.nat(0xffff_ffff)), fc.uint8Array({ maxLength: 64 })), {
    maxLength: 6,
  })
  .map((blocks) =>
    Buffer.concat([
      Buffer.from('02214c18', 'hex'),
      ...blocks.flatMap(([size, bytes]) => [number64(BigInt(size)).subarray(0, 4), Buffer.from(bytes)]),
    ]),
  )

export const gzipData = fc.oneof(
  tail.map((bytes) => Buffer.concat([Buffer.from('1f8b08', 'hex'), bytes])),
  fc.tuple(partcloneData, tail).map(([data, more]) => Buffer.concat([gzipSync(data), more])),
)

export const ffuData = fc
  .record({ numbers: fc.array(smallOrEdge, { minLength: 4, maxLength: 4 }), sha256: fc.boolean(), tail })
  .map(({ numbers, sha256, tail }) => {
    const head = Buffer.alloc(32)
    head.writeUInt32LE(32)
    head.write('SignedImage ', 4)
    for (const [index, value] of numbers.entries())
      head.writeUInt32LE(Number(value & 0xffff_ffffn), 16 + 4 * index)
    if (sha256) head.writeUInt32LE(0x800c, 20)
    return Buffer.concat([head, tail])
  })

const key = fc.constantFrom(
  ...[
    'harddrives',
    'HardDrives',
    'partitions',
    'number',
    'size',
    'lbs',
    'usedmb',
    'volumesize',
    'type',
    'fstype',
  ],
  ...[
    'fsType',
    'fsid',
    'active',
    'volumegroup',
    'logicalvolumes',
    'name',
    '__proto__',
    'constructor',
    'toString',
  ],
)
const leaf = fc.oneof(
  fc.constantFrom(
    '1',
    '01',
    '8e',
    'ext4',
    'NTFS',
    'swap',
    '-1',
    '1e999',
    '99999999999999999999',
    '',
    'vg/0',
    '..',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom<unknown>(null, true, 0, -0, 1e308, [], {}),
)
const { value: schemaValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.dictionary(key, tie('value'), { maxKeys: 8 }),
    fc.array(tie('value'), { maxLength: 5 }),
  ),
}))

/** JSON of a schema's keys in any arrangement. */
export const schemaData = fc.oneof(
  schemaValue.map((value) => Buffer.from(JSON.stringify({ harddrives: [value] }))),
  fc
    .array(schemaValue, { maxLength: 4 })
    .map((partitions) => Buffer.from(JSON.stringify({ harddrives: [{ partitions }] }))),
  fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
)

const tag = fc.constantFrom(
  '<WIM>',
  '</WIM>',
  '<IMAGE INDEX="1">',
  '</IMAGE>',
  '<TOTALBYTES>',
  '</TOTALBYTES>',
  '<!DOCTYPE a [',
  '<!ENTITY',
  '&amp;',
  '&x;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '\0',
  '0x1',
  '9',
)

/** Pieces of XML in any order. */
export const xmlData = fc
  .array(fc.oneof(tag, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 40 })
  .map((pieces) => Buffer.from(`\ufeff${pieces.join('')}`, 'utf16le'))
