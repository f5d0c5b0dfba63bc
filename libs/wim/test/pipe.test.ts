import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { examineWim, quickLimits, startWalk, WimFault, type StructureFault } from '../src/index.js'
import { captureWim, inMemory } from './capture.js'

/** What the whole stream is found to be, its bytes coming in pieces of this size. */
async function walk(bytes: Buffer, piece = 10_000): Promise<StructureFault | undefined> {
  const file = inMemory(bytes)
  const { header, faults } = await examineWim(file, { ...quickLimits, blobHeaders: 0 })
  if (faults[0]) return faults[0]
  const reader = await startWalk(file, header)
  for (let at = 0; at < bytes.length; at += piece) reader.push(bytes.subarray(at, at + piece))
  return reader.end()
}

const blobMagic = Buffer.from('d8b93d44a29b9b2b', 'hex')

/** Where the headers before the blobs are. Those of the XML come before and after, that of the table after. */
function blobHeadersIn(bytes: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(blobMagic); at >= 0; at = bytes.indexOf(blobMagic, at + 1)) found.push(at)
  return found.slice(1, -2)
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}

let fast: Buffer

beforeAll(async () => {
  fast = await captureWim('--pipable', '--compress=fast')
})

describe('the stream of a whole pipable WIM', () => {
  test.each(['none', 'fast', 'LZX', 'LZMS'])(
    'of compression %s is walked to its end',
    async (compression) => {
      const bytes = await captureWim('--pipable', `--compress=${compression}`)
      expect(await walk(bytes)).toBeUndefined()
    },
  )

  test('is walked to its end whatever the pieces are in which it comes', async () => {
    for (const piece of [1, 3, 39, 41, 4096, fast.length]) expect(await walk(fast, piece)).toBeUndefined()
  })

  test('may have an integrity table', async () => {
    expect(await walk(await captureWim('--pipable', '--compress=fast', '--check'))).toBeUndefined()
  })

  test('holds what its blob table says', async () => {
    const { contents, faults } = await examineWim(inMemory(fast), quickLimits)
    expect(faults).toEqual([])
    expect(contents).toMatchObject({
      imageMetadata: 1,
      complete: true,
      fileBytes: 200_000,
      comparedHeaders: 6,
    })
  })
})

describe('what a pipe reads and the blob table does not tell', () => {
  test('a first header with another chunk size is found without reading the content', async () => {
    const { faults } = await examineWim(inMemory(changed(fast, 21, 0)), quickLimits)
    expect(faults[0]).toMatchObject({ expected: '32768', found: '0' })
  })

  test.each([
    ['version', 0x0c],
    ['compression', 0x12],
    ['part number', 0x28],
    ['number of images', 0x2c],
  ])('a first header with another %s is found', async (name, at) => {
    const { faults } = await examineWim(inMemory(changed(fast, at, (fast[at] ?? 0) ^ 0x06)), quickLimits)
    expect(faults[0]?.message).toContain(name)
  })

  test.each([
    ['identifier', 0x18],
    ['boot index', 0x78],
    ['set of flags', 0x13],
  ])('a first header with another %s is found, and harmless', async (name, at) => {
    const { faults, harmless } = await examineWim(
      inMemory(changed(fast, at, (fast[at] ?? 0) ^ 0x10)),
      quickLimits,
    )
    expect(faults).toEqual([])
    expect(harmless[0]?.message).toContain(`another ${name}`)
  })

  test('each of the first XML’s letters is compared with the last XML', async () => {
    const examineWith = (text: string) =>
      examineWim(inMemory(changed(fast, fast.indexOf(Buffer.from(text, 'utf16le')), 0x20)), quickLimits)
    const message = 'The XML at the start of the file is not the one at its end'
    const ofName = await examineWith('golden')
    expect(ofName.faults).toEqual([])
    expect(ofName.harmless[0]?.message).toContain(message)
    for (const text of ['<WIM>', '<IMAGE ', '1">'])
      expect((await examineWith(text)).faults[0]?.message).toContain(message)
  })

  test('each byte of a header in the stream is found by the walk', async () => {
    for (const at of blobHeadersIn(fast).filter((_, index) => index % 3 === 0))
      for (let byte = 0; byte <= 36; byte += 1)
        expect(await walk(changed(fast, at + byte, (fast[at + byte] ?? 0) ^ 2))).toBeDefined()
  })

  test('a damaged header of the sample is found at once', async () => {
    for (const at of blobHeadersIn(fast)) {
      const { faults } = await examineWim(inMemory(changed(fast, at + 3, 0)), quickLimits)
      expect(faults[0]?.message).toContain('The stream is damaged')
    }
  })

  test('each byte of the chunk sizes is found by the walk', async () => {
    const [, first] = blobHeadersIn(fast)
    for (let byte = 0; byte < 4; byte += 1) {
      const at = (first ?? 0) + 40 + byte
      expect(await walk(changed(fast, at, (fast[at] ?? 0) ^ 1))).toBeDefined()
    }
  })

  test('bytes between two parts are found', async () => {
    const [, second = 0] = blobHeadersIn(fast)
    const longer = Buffer.concat([fast.subarray(0, second), Buffer.alloc(7), fast.subarray(second)])
    expect(await walk(longer)).toBeDefined()
  })
})

describe('a blob table that cannot be true', () => {
  /** The bytes with one number of the first entry changed. */
  const withEntry = (bytes: Buffer, field: number, value: bigint): Buffer => {
    const copy = Buffer.from(bytes)
    const header = bytes.length - 208
    const table = Number(copy.readBigUInt64LE(header + 0x38))
    copy.writeBigUInt64LE(value, table + 50 + field)
    return copy
  }

  test.each([
    ['an offset outside the file', 8, 1n << 40n, /outside the file/],
    ['more original bytes than its chunks can hold', 16, 1n << 45n, /impossible size/],
  ])('is found by %s', async (_what, field, value, message) => {
    const { faults } = await examineWim(inMemory(withEntry(fast, field, value)), quickLimits)
    expect(faults[0]?.message).toMatch(message)
  })
})

test('any bytes between two headers are walked or refused in bounded time, never a crash', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 12 }), async (at, poke) => {
      const copy = Buffer.from(fast)
      copy.set(poke, at % (copy.length - poke.length))
      try {
        await walk(copy)
      } catch (error) {
        expect(error).toBeInstanceOf(WimFault)
      }
    }),
    { numRuns: 300 },
  )
})
