import { describe, expect, it } from '@jest/globals'
import { catalog, limitRequest, readRequest, storage, UnreadableRequest } from './index.js'

const seal = '/goldkeep.storage.v1.UploadData/Seal'
const progress = '/goldkeep.catalog.v1.Coordination/ReportProgress'
const digest = { algorithm: 'sha256', value: new Uint8Array(32).fill(7) }
const decodeSeal = storage.SealRequest.decode
const decodeProgress = catalog.ReportProgressRequest.decode

/** A message with so many empty messages in the list of this field. */
const emptyItems = (field: number, count: number): Uint8Array =>
  Buffer.alloc(count * 2, Buffer.from([(field << 3) | 2, 0]))

describe('reading a request', () => {
  it('takes a seal of as many files as a version may have', () => {
    const files = Array.from({ length: 4096 }, (_, at) => ({
      path: `hd0/part${at}.winpe.wim`,
      size: 2n ** 40n,
      digest,
    }))
    const request = { versionId: '20261122T181502Z-4k7q', files }
    expect(readRequest(seal, decodeSeal, storage.SealRequest.encode(request).finish())).toEqual(request)
  })

  it('takes a report of 1 MiB about ranges of a few bytes', () => {
    const ranges = Array.from({ length: 90_000 }, (_, at) => ({
      start: BigInt(at * 200),
      end: BigInt(at * 200 + 9),
    }))
    const reads = [{ deploymentId: 'dep-1', files: [{ path: 'hd0/part1.winpe.wim', ranges }] }]
    const bytes = catalog.ReportProgressRequest.encode(
      catalog.ReportProgressRequest.fromPartial({ reads }),
    ).finish()
    expect(bytes.length).toBeGreaterThan(900_000)
    const read = readRequest(progress, decodeProgress, bytes) as catalog.ReportProgressRequest
    expect(read.reads[0]?.files[0]?.ranges).toHaveLength(90_000)
  })

  it.each([
    ['a list', seal, decodeSeal, emptyItems(2, 1_900_000)],
    ['an unknown list', seal, decodeSeal, emptyItems(9, 1_900_000)],
    ['a list of a report', progress, decodeProgress, emptyItems(2, 1_900_000)],
    ['the start of a file', seal, storage.writeRequestCodec.decode, emptyItems(1, 1_900_000)],
  ] as const)('gives up on %s of millions of items', (_title, method, decode, bytes) => {
    const read = readRequest<unknown>(method, decode, bytes)
    expect(read).toBeInstanceOf(UnreadableRequest)
    expect(read).toMatchObject({ why: expect.stringMatching(/^it has more than \d+ parts$/) })
  })

  it('says what is wrong with bytes that are no message', () => {
    expect(readRequest(seal, decodeSeal, Uint8Array.of(0x0a, 9, 1))).toMatchObject({ why: 'premature EOF' })
  })

  it('keeps a text that is not UTF-8 for a refusal that names its field', () => {
    const create = '/goldkeep.catalog.v1.Images/Create'
    const described = (...bytes: number[]) => Uint8Array.of(0x12, bytes.length, ...bytes)
    const refusalOf = (bytes: Uint8Array): string => {
      const request = readRequest(create, catalog.CreateImageRequest.decode as never, bytes)
      try {
        limitRequest(create, request as object)
        return (request as catalog.CreateImageRequest).description
      } catch (error) {
        return (error as Error).message
      }
    }
    for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbd, 0xff]])
      expect(refusalOf(described(...bytes))).toBe('description: expected text in UTF-8, found other bytes')
    expect(refusalOf(described(0xef, 0xbf, 0xbd))).toBe('\ufffd')
    expect(refusalOf(described(...Buffer.from('__proto__')))).toBe('__proto__')
  })

  it('refuses a key that no map can keep', () => {
    const create = '/goldkeep.catalog.v1.Images/Create'
    const key = Buffer.from('__proto__')
    const labels = Buffer.concat([Uint8Array.of(0x0a, key.length), key, Uint8Array.of(0x12, 1, 0x78)])
    const bytes = Buffer.concat([Uint8Array.of(0x1a, labels.length), labels])
    const request = readRequest(create, catalog.CreateImageRequest.decode as never, bytes)
    expect(() => limitRequest(create, request as object)).toThrow(
      'labels: expected names other than __proto__, found __proto__',
    )
  })
})
