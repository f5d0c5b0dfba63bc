/** Looked up once: the stripes are many. */
const { imul } = Math
const prime1 = 0x9e3779b1
const prime2 = 0x85ebca77
const prime3 = 0xc2b2ae3d
const prime4 = 0x27d4eb2f
const prime5 = 0x165667b1
const stripe = 16

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))
const round = (lane: number, input: number): number =>
  imul(rotate((lane + imul(input, prime2)) | 0, 13), prime1)

/** XXH32 with seed 0 of bytes that come in pieces (the xxHash specification); lz4 frames carry it. */
export class Xxh32 {
  private lane1 = (prime1 + prime2) | 0
  private lane2 = prime2 | 0
  private lane3 = 0
  private lane4 = -prime1 | 0
  private length = 0
  private readonly rest = Buffer.alloc(stripe)
  private restLength = 0

  update(bytes: Buffer): this {
    let from = 0
    if (this.restLength > 0) {
      from = bytes.copy(this.rest, this.restLength)
      this.restLength += from
      if (this.restLength === stripe) {
        this.consume(this.rest, 0, stripe)
        this.restLength = 0
      }
    }
    const end = from + Math.floor((bytes.length - from) / stripe) * stripe
    if (end > from) this.consume(bytes, from, end)
    this.restLength += bytes.copy(this.rest, this.restLength, end)
    this.length += bytes.length
    return this
  }

  /** Returns the sum as an unsigned number. */
  digest(): number {
    let hash =
      this.length >= stripe
        ? rotate(this.lane1, 1) + rotate(this.lane2, 7) + rotate(this.lane3, 12) + rotate(this.lane4, 18)
        : prime5
    hash = (hash + this.length) | 0
    let at = 0
    for (; at + 4 <= this.restLength; at += 4) {
      hash = (hash + imul(this.rest.readUInt32LE(at), prime3)) | 0
      hash = imul(rotate(hash, 17), prime4)
    }
    for (; at < this.restLength; at += 1) {
      hash = (hash + imul(this.rest[at] ?? 0, prime5)) | 0
      hash = imul(rotate(hash, 11), prime1)
    }
    hash = imul(hash ^ (hash >>> 15), prime2)
    hash = imul(hash ^ (hash >>> 13), prime3)
    return (hash ^ (hash >>> 16)) >>> 0
  }

  private consume(bytes: Buffer, from: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let { lane1, lane2, lane3, lane4 } = this
    for (let at = from; at < end; at += stripe) {
      lane1 = round(lane1, view.getInt32(at, true))
      lane2 = round(lane2, view.getInt32(at + 4, true))
      lane3 = round(lane3, view.getInt32(at + 8, true))
      lane4 = round(lane4, view.getInt32(at + 12, true))
    }
    Object.assign(this, { lane1, lane2, lane3, lane4 })
  }
}

export const xxh32 = (bytes: Buffer): number => new Xxh32().update(bytes).digest()
