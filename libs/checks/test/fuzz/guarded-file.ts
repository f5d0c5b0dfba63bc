import type { RandomAccess } from '../../src/index.js'

/** A read that no reader should ask for: it would reserve memory by what a file claims, or read what is not there. */
export class ForbiddenRead extends Error {
  override readonly name = 'ForbiddenRead'
}

/** Bytes in memory as a file that refuses every read outside of it, and every read of nothing that can be. */
export function guardedFile(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => {
      const isInside =
        Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0
      if (isInside && offset + length <= bytes.length)
        return Promise.resolve(bytes.subarray(offset, offset + length))
      return Promise.reject(new ForbiddenRead(`read ${length} bytes at ${offset} of ${bytes.length}`))
    },
  }
}
