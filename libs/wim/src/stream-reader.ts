import type { StructureFault } from './structure-fault.js'
import type { Walk, WalkStep } from './walk-stream.js'

/** Feeds a walk from bytes that come in order, in pieces of any size; keeps at most one step's bytes. */
export class StreamReader {
  private step: WalkStep | undefined
  private skipping = 0
  private wanted = 0
  private parts: Buffer[] = []
  private fault: StructureFault | undefined

  constructor(private readonly walk: Walk) {
    this.advance(walk.next())
  }

  /** Takes the next bytes of the file. */
  push(bytes: Uint8Array): void {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    while (rest.length > 0 && this.step) rest = this.use(rest)
  }

  /** What is wrong with the stream, after its last bytes. */
  end(): StructureFault | undefined {
    return this.step ? endedEarly : this.fault
  }

  private use(bytes: Buffer): Buffer {
    const wanted = this.skipping > 0 ? this.skipping : this.wanted
    const used = Math.min(wanted, bytes.length)
    if (this.skipping > 0) this.skipping -= used
    else {
      this.parts.push(bytes.subarray(0, used))
      this.wanted -= used
    }
    if (used === wanted) this.satisfy()
    return bytes.subarray(used)
  }

  private satisfy(): void {
    const [first] = this.parts
    const taken = this.parts.length === 1 && first ? first : Buffer.concat(this.parts)
    this.parts = []
    this.advance(this.walk.next(taken))
  }

  private advance(result: IteratorResult<WalkStep, StructureFault | undefined>): void {
    let next = result
    // Nothing to skip needs no bytes.
    while (!next.done && 'skip' in next.value && next.value.skip === 0) next = this.walk.next(Buffer.alloc(0))
    if (next.done) {
      this.step = undefined
      this.fault = next.value
      return
    }
    this.step = next.value
    if ('skip' in next.value) this.skipping = next.value.skip
    else this.wanted = next.value.take
  }
}

const endedEarly: StructureFault = {
  message: 'The stream ends before all of the image was sent.',
  expected: 'every part that the blob table names',
  found: 'the end of the file',
}
