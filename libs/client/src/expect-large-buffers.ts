import { setDefaultHighWaterMark } from 'node:stream'
import { setFlagsFromString } from 'node:v8'

/** Bytes of buffers that may come and go between two full collections of garbage. */
const roomBytes = 64 * 1024 * 1024

const lookEveryMs = 10_000

/**
 * For processes through which files pass, once, at their start.
 *
 * V8 counts buffers against a limit that follows the size of the heap, and with a heap of 15 MiB collects all
 * garbage every 20 MiB of them: half of the processor time of a transfer. Raises the limit to a room that does
 * not grow with the heap.
 *
 * Streams of messages hold 16 in each direction, whatever their size: 8 MiB for each transfer whose other end
 * is slow. One is enough, since the next is made while it is on its way.
 */
export function expectLargeBuffers(): void {
  setDefaultHighWaterMark(true, 1)
  const raise = (): void => {
    const percent = Math.ceil((roomBytes / process.memoryUsage().heapUsed) * 100)
    // 0: as V8 sees fit, which on a large heap leaves room enough.
    setFlagsFromString(`--heap-growing-percent=${percent > 100 ? percent : 0}`)
  }
  raise()
  setInterval(raise, lookEveryMs).unref()
}
