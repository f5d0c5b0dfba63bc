import { storage } from '@goldkeep/contracts'

/** After how long, in milliseconds, bytes go on their way without waiting for more. */
const patienceMs = 1_000

/**
 * Joins small parts and cuts large ones, so that each piece has exactly `size` bytes, but for the last and
 * for those of a slow source: what a producer has made shall be safe soon, however long it takes for the rest.
 */
export async function* inPieces(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  waitMs = patienceMs,
): AsyncGenerator<Uint8Array, void> {
  const parts = bytes[Symbol.asyncIterator]()
  let piece = new Piece(0, size)
  try {
    for (let part = nextOf(parts); ;) {
      const come = await (piece.length > 0 ? beforeLate(part, piece.begun + waitMs) : part)
      if (come?.done) break
      const data = come?.value ?? new Uint8Array(0)
      for (let taken = 0; taken < data.length;) {
        taken += piece.add(data.subarray(taken))
        if (!piece.full) continue
        yield piece.take()
        // A new one each time: a piece is kept until storage has committed it.
        piece = new Piece(piece.end, size)
      }
      if (come) part = nextOf(parts)
      else {
        yield piece.take()
        piece = new Piece(piece.end, size)
      }
    }
    if (piece.length > 0) yield piece.take()
  } finally {
    // Not waited for: whoever stops the source ends it, also one that is silent.
    void parts.return?.().catch(() => {})
  }
}

/** A piece that is being filled, in a room from which it can be sent. */
class Piece {
  /** Of `performance.now`, when the first byte came. */
  begun = 0
  length = 0
  private readonly room: Uint8Array

  constructor(
    private readonly offset: number,
    size: number,
  ) {
    this.room = storage.makeRoom('write', offset, size)
  }

  get full(): boolean {
    return this.length === this.room.length
  }

  get end(): number {
    return this.offset + this.length
  }

  /** How many bytes it had room for. */
  add(data: Uint8Array): number {
    if (this.length === 0) this.begun = performance.now()
    const part = data.subarray(0, this.room.length - this.length)
    this.room.set(part, this.length)
    this.length += part.length
    return part.length
  }

  /** A few bytes do not keep a whole room in memory. */
  take(): Uint8Array {
    return this.full ? this.room : this.room.slice(0, this.length)
  }
}

function nextOf(parts: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  const next = parts.next()
  // It may be asked for and never awaited, when the reader goes away meanwhile.
  next.catch(() => {})
  return next
}

/** Undefined when it has not come by then; it can be waited for again. */
async function beforeLate<T>(coming: Promise<T>, due: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, due - performance.now()))
  })
  try {
    return await Promise.race([coming, late])
  } finally {
    clearTimeout(timer)
  }
}
