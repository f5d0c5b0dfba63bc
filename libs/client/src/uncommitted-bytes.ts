import { DomainError } from '@goldkeep/domain'
import { crc32 } from 'node:zlib'

/** Bytes with their place in the file. */
export interface Piece {
  readonly offset: number
  readonly data: Uint8Array
  readonly crc32: number
}

/** How the bytes end. */
export type Ending =
  | { readonly kind: 'whole'; readonly size: number; readonly sha256: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/** What a sender is to do next. */
export type Next = { readonly kind: 'piece'; readonly piece: Piece } | { readonly kind: 'idle' } | Ending

/**
 * The bytes of one file that storage has not committed yet. The reader of the source appends to them and
 * waits when there are too many; a connection reads them from any uncommitted offset on, so that the
 * next connection can send again what the last one lost.
 */
export class UncommittedBytes {
  private readonly pieces: Piece[] = []
  private appendedTo: number
  private committedTo: number
  private ending: Ending | undefined
  private readonly waiting = new Set<() => void>()

  /** @param start where the bytes begin; those before are committed already */
  constructor(
    start: number,
    private readonly limit: number,
  ) {
    this.appendedTo = start
    this.committedTo = start
  }

  get committed(): number {
    return this.committedTo
  }

  /** Takes the bytes that follow; waits first while more than `limit` bytes are uncommitted. */
  async append(data: Uint8Array, signal: AbortSignal): Promise<void> {
    while (this.appendedTo - this.committedTo >= this.limit) await this.change(signal)
    signal.throwIfAborted()
    const offset = this.appendedTo
    this.appendedTo += data.length
    if (this.appendedTo > this.committedTo) this.pieces.push({ offset, data, crc32: crc32(data) })
    this.wake()
  }

  end(ending: Ending): void {
    this.ending ??= ending
    this.wake()
  }

  /** Lets go of what is durable. */
  commit(size: number): void {
    if (size <= this.committedTo) return
    this.committedTo = size
    const kept = this.pieces.findIndex((piece) => piece.offset + piece.data.length > size)
    this.pieces.splice(0, kept < 0 ? this.pieces.length : kept)
    this.wake()
  }

  /** What follows `offset`: a piece, the end, or `idle` when nothing came for `idleMs`. */
  async next(offset: number, idleMs: number, signal: AbortSignal): Promise<Next> {
    const idleAt = performance.now() + idleMs
    for (;;) {
      const piece = this.pieceAt(offset)
      if (piece) return { kind: 'piece', piece }
      if (this.ending?.kind === 'failed') return this.ending
      if (this.ending && offset >= this.appendedTo) return this.ending
      const left = idleAt - performance.now()
      if (left <= 0) return { kind: 'idle' }
      await this.change(signal, left)
    }
  }

  private pieceAt(offset: number): Piece | undefined {
    const keptFrom = this.pieces[0]?.offset ?? this.appendedTo
    if (offset < Math.min(keptFrom, this.committedTo))
      throw new DomainError(
        'ATTEMPT_BROKEN',
        `storage wants to go on at byte ${offset} and had acknowledged ${this.committedTo}: ` +
          'its volume has lost what was safe; upload the file again from its first byte',
        { offset: String(offset), committed_size: String(this.committedTo) },
      )
    if (offset >= this.appendedTo) return undefined
    // Pieces of a slow source are short, and the first may follow an odd start: look, do not count.
    const found = this.pieces.findLast((piece) => piece.offset <= offset)
    if (!found || found.offset === offset) return found
    const data = found.data.subarray(offset - found.offset)
    return { offset, data, crc32: crc32(data) }
  }

  private wake(): void {
    for (const resolve of [...this.waiting]) resolve()
  }

  private change(signal: AbortSignal, timeoutMs?: number): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const stop = (settle: () => void): void => {
        this.waiting.delete(onChange)
        signal.removeEventListener('abort', onAbort)
        clearTimeout(timer)
        settle()
      }
      const onChange = (): void => stop(resolve)
      const onAbort = (): void => stop(() => reject(signal.reason as Error))
      const timer = timeoutMs === undefined ? undefined : setTimeout(onChange, timeoutMs)
      this.waiting.add(onChange)
      signal.addEventListener('abort', onAbort)
    })
  }
}
