import type { OpenFile } from '../version-store.js'
import type { VolumeRoot } from './directories.js'
import { describeFaults } from './io-faults.js'
import { openForReading, readFully } from './whole-files.js'

/** A file that does not change any more. Once open it can be read to its end, wherever its directory goes. */
export async function openStoredFile(root: VolumeRoot, path: string, sha256: string): Promise<OpenFile> {
  const { fd, size } = await openForReading(root, path)
  return {
    size,
    sha256,
    read: (offset, length) => describeFaults(`read ${path}`, () => readFully(root.sys, fd, offset, length)),
    close: () => root.sys.close(fd),
  }
}
