import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  examineWim,
  findStructureFaults,
  headerBytes,
  quickLimits,
  readWimHeader,
  readWimMetadata,
  WimFault,
  type WimMetadata,
} from '../src/index.js'
import { captureWim, inMemory } from './capture.js'

async function look(bytes: Uint8Array): Promise<WimMetadata> {
  const file = inMemory(bytes)
  const header = await readWimHeader(file)
  const fault = findStructureFaults(header, file.size)[0]
  if (fault) throw new WimFault(fault.message, fault.expected, fault.found)
  return readWimMetadata(file, header)
}

let pipable: Buffer
let ordinary: Buffer

beforeAll(async () => {
  pipable = await captureWim('--pipable', '--compress=fast')
  ordinary = await captureWim('--compress=fast', '--check')
})

describe('a whole WIM', () => {
  test('that is pipable says so, and where everything lies', async () => {
    const header = await readWimHeader(inMemory(pipable))
    expect(header).toMatchObject({
      pipable: true,
      allowsSolid: false,
      imageCount: 1,
      partNumber: 1,
      totalParts: 1,
    })
    expect(header.xml.offset + header.xml.size + headerBytes).toBe(pipable.length)
  })

  test('that is ordinary says so, and has its integrity table', async () => {
    const header = await readWimHeader(inMemory(ordinary))
    expect(header).toMatchObject({ pipable: false, imageCount: 1 })
    expect(header.integrityTable.offset + header.integrityTable.size).toBe(ordinary.length)
  })

  test('describes its image with exact numbers', async () => {
    for (const bytes of [pipable, ordinary])
      expect((await look(bytes)).images).toEqual([
        { index: 1, name: 'golden', totalBytes: 200_000n, directoryCount: 2n, fileCount: 5n },
      ])
  })

  test.each([
    ['--solid', true],
    ['--compress=LZMS', false],
  ])('that was captured with %s is solid: %s', async (word, solid) => {
    const { header, contents } = await examineWim(inMemory(await captureWim(word)), quickLimits)
    expect(header.allowsSolid).toBe(true)
    expect(contents?.solid).toBe(solid)
  })
})

describe('a WIM that was cut', () => {
  test.each([
    ['by its last byte', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['by its last header', (bytes: Buffer) => bytes.subarray(0, -headerBytes)],
    ['in half', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['to its first header', (bytes: Buffer) => bytes.subarray(0, headerBytes)],
    ['to a few bytes', (bytes: Buffer) => bytes.subarray(0, 20)],
    ['to nothing', (bytes: Buffer) => bytes.subarray(0, 0)],
  ])('%s is found out, pipable or not', async (_what, cut) => {
    await expect(look(cut(pipable))).rejects.toThrow(WimFault)
    await expect(look(cut(ordinary))).rejects.toThrow(WimFault)
  })

  test('anywhere is found out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (at, which) => {
        const bytes = which ? pipable : ordinary
        await expect(look(bytes.subarray(0, at % bytes.length))).rejects.toThrow(WimFault)
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is no WIM', () => {
  test('is told by its first bytes', async () => {
    const zeros = inMemory(new Uint8Array(4096))
    await expect(readWimHeader(zeros)).rejects.toMatchObject({ expected: 'MSWIM or WLPWM', found: 'zeros' })
    const text = inMemory(Buffer.alloc(4096, 'partclone-image'))
    await expect(readWimHeader(text)).rejects.toMatchObject({ found: '"partclon"' })
  })

  test('but has a WIM header and other bytes behind it is read or refused, never a crash', async () => {
    const ends = [pipable.subarray(0, headerBytes), ordinary.subarray(0, headerBytes)]
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2000 }),
        fc.uint8Array({ maxLength: 8 }),
        fc.nat(207),
        async (middle, poke, at) => {
          for (const end of ends) {
            const head = Buffer.from(end)
            head.set(poke.subarray(0, headerBytes - at), at)
            try {
              await look(Buffer.concat([head, middle, head]))
            } catch (error) {
              expect(error).toBeInstanceOf(WimFault)
            }
          }
        },
      ),
    )
  })
})

test('XML that claims to be huge is not read', async () => {
  const file = { size: 2 ** 40, read: () => Promise.reject(new Error('it was read')) }
  const xml = { offset: 208, size: 2 ** 39, originalSize: 2 ** 39, flags: 0 }
  const header = { ...(await readWimHeader(inMemory(ordinary))), xml }
  await expect(readWimMetadata(file, header)).rejects.toThrow('The XML data is too large.')
})
