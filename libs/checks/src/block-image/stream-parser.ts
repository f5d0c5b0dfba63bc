import { ImageFault } from './image-fault.js'

/** The next bytes that a reader of a stream asks for. */
export type Step =
  /** So many bytes in one piece; with `mayEnd` the stream may end here, and then the piece is empty. */
  | { readonly take: number; readonly mayEnd?: boolean }
  /** So many bytes in pieces of any size, none of which is kept. */
  | { readonly pass: number; use(bytes: Buffer): void }

/** Reads a format from its first byte to its last; throws ImageFault where it is broken. */
export type Steps = Generator<Step, void, Buffer>

/** Takes bytes in order, and hears of their end. Both throw ImageFault. */
export interface ByteSink {
  push(bytes: Uint8Array): void
  end(): void
}

const nothing = Buffer.alloc(0)

/** A number below zero would never be satisfied, and `push` would not return. */
function wantedBytes(step: Step): number {
  const bytes = 'pass' in step ? step.pass : step.take
  if (bytes >= 0) return bytes
  throw new RangeError(`a reader asked for ${bytes} bytes`)
}

/** Feeds a reader from bytes that come in pieces of any size; keeps at most the bytes of one `take`. */
export class StreamParser implements ByteSink {
  private step: Step | undefined
  private missing = 0
  private parts: Buffer[] = []

  /** @param format its name in messages */
  constructor(
    private readonly format: string,
    private readonly steps: Steps,
  ) {
    this.advance(nothing)
  }

  push(bytes: Uint8Array): void {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    while (rest.length > 0) {
      if (!this.step)
        throw new ImageFault(
          `There are more bytes after the end of the ${this.format}.`,
          'the end',
          'more bytes',
        )
      const used = rest.subarray(0, this.missing)
      this.missing -= used.length
      if ('pass' in this.step) this.step.use(used)
      // Copied where it is incomplete, since the giver may use its buffer again.
      else this.parts.push(this.missing === 0 && this.parts.length === 0 ? used : Buffer.from(used))
      if (this.missing === 0) this.advance(this.taken())
      rest = rest.subarray(used.length)
    }
  }

  end(): void {
    const { step } = this
    if (!step) return
    if ('take' in step && step.mayEnd && this.parts.length === 0) return this.advance(nothing)
    const more = `${this.missing.toLocaleString('en-US')} more bytes`
    throw new ImageFault(`The ${this.format} is cut short.`, `at least ${more}`, 'the end of the data')
  }

  private taken(): Buffer {
    const [first = nothing] = this.parts
    const taken = this.parts.length > 1 ? Buffer.concat(this.parts) : first
    this.parts = []
    return taken
  }

  private advance(taken: Buffer): void {
    let given = taken
    do {
      const { done, value } = this.steps.next(given)
      this.step = done ? undefined : value
      if (this.step) this.missing = wantedBytes(this.step)
      given = nothing
      // Nothing to read needs no bytes.
    } while (this.step && this.missing === 0)
  }
}
