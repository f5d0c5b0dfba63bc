import type { Socket } from 'node:net'

interface Piece {
  /** Absent for the end of the stream. */
  readonly bytes?: Buffer
  readonly due: number
}

export interface DelayedStream {
  /** Looks again at what is due, after a stall. */
  readonly flush: () => void
}

export interface DelayOptions {
  readonly delayMs: () => number
  readonly stalled: () => boolean
  /** Called after bytes have been handed on. */
  readonly onBytes: (count: number) => void
}

/** Held back at most; beyond it the sender is not read, as on a line whose buffers are full. */
const heldBytesLimit = 16 * 1024 * 1024

/** Passes on what one socket sends to another, in order, each piece not before it is due. */
export function delayStream(from: Socket, to: Socket, options: DelayOptions): DelayedStream {
  const held: Piece[] = []
  let heldBytes = 0
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    while (held[0] && !options.stalled() && !to.writableNeedDrain) {
      const { bytes, due } = held[0]
      const early = due - performance.now()
      if (early > 0) {
        timer = setTimeout(flush, early)
        return
      }
      held.shift()
      if (!bytes) return void to.end()
      heldBytes -= bytes.length
      to.write(bytes)
      options.onBytes(bytes.length)
    }
    if (heldBytes < heldBytesLimit && !options.stalled()) from.resume()
  }
  const hold = (piece: Piece): void => {
    held.push(piece)
    heldBytes += piece.bytes?.length ?? 0
    if (heldBytes >= heldBytesLimit || options.stalled()) from.pause()
    flush()
  }
  from.on('data', (bytes: Buffer) => hold({ bytes, due: performance.now() + options.delayMs() }))
  from.on('end', () => hold({ due: performance.now() + options.delayMs() }))
  from.once('close', () => {
    if (!from.readableEnded) clearTimeout(timer)
  })
  to.on('drain', flush)
  return { flush }
}
