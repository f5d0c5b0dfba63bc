import type { StructureFault } from './structure-fault.js'
import type { Walk, WalkStep } from './walk-stream.js'

const nothing = Buffer.alloc(0)

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
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    while (at < piece.length && this.step) at += this.use(piece, at)
  }

  /** What is wrong with the stream, after its last bytes. */
  end(): StructureFault | undefined {
    return this.step ? endedEarly : this.fault
  }

  /** Uses bytes of the piece from a place on, and returns how many. */
  private use(piece: Buffer, at: number): number {
    const wanted = this.skipping > 0 ? this.skipping : this.wanted
    const used = Math.min(wanted, piece.length - at)
    if (this.skipping > 0) this.skipping -= used
    else {
      this.parts.push(piece.subarray(at, at + used))
      this.wanted -= used
    }
    if (used === wanted) this.satisfy()
    return used
  }

  private satisfy(): void {
    const [first = nothing] = this.parts
    const taken = this.parts.length > 1 ? Buffer.concat(this.parts) : first
    this.parts = []
    this.advance(this.walk.next(taken))
  }

  private advance(result: IteratorResult<WalkStep, StructureFault | undefined>): void {
    let next = result
    // Nothing to skip needs no bytes.
    while (!next.done && 'skip' in next.value && next.value.skip === 0) next = this.walk.next(nothing)
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
