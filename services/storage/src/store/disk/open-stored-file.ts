import { DomainError } from '@goldkeep/domain'
import type { ManifestFile } from '@goldkeep/volume'
import { join } from 'node:path'
import type { OpenFile } from '../version-store.js'
import type { VolumeRoot } from './directories.js'
import { describeFaults } from './io-faults.js'
import { readFully } from './full-transfers.js'
import { isErrno } from './syscalls.js'
import { openForReading } from './whole-files.js'

/** A file that does not change any more. Once open it can be read to its end, wherever its directory goes. */
export async function openStoredFile(root: VolumeRoot, path: string, sha256: string): Promise<OpenFile> {
  const { fd, size } = await openForReading(root, path)
  return {
    size,
    sha256,
    read: (offset, length, into) =>
      describeFaults(`read ${path}`, () => readFully(root.sys, fd, offset, length, into)),
    // What was read was read: a reader is not told that the volume failed afterwards.
    close: () =>
      root.sys.close(fd).catch((error: unknown) => {
        if (!isErrno(error)) throw error
      }),
  }
}

/**
 * A file of a sealed version.
 * @throws DomainError VERSION_DAMAGED when it is shorter or longer than its manifest says
 */
export async function openSealedFile(
  root: VolumeRoot,
  directory: string,
  { path, size, digests }: ManifestFile,
): Promise<OpenFile> {
  const file = await openStoredFile(root, join(directory, path), digests.sha256)
  if (file.size === size) return file
  await file.close()
  throw new DomainError(
    'VERSION_DAMAGED',
    `${join(directory, path)}: expected ${size} bytes as its manifest says, found ${file.size}`,
    { path, expected: String(size), found: String(file.size) },
  )
}
