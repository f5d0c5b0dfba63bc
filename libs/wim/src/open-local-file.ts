import { constants, open } from 'node:fs/promises'
import type { OpenFile } from './random-access.js'

/**
 * Opens a regular file for reading; a symbolic link is refused, never followed.
 * Rejects with the system's error, and for what is not a file.
 */
export async function openLocalFile(path: string): Promise<OpenFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Error('expected a regular file, found something else')
    return {
      size: stat.size,
      read: async (offset, length) => {
        const buffer = Buffer.allocUnsafe(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return buffer.subarray(0, filled)
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
