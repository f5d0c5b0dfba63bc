import { storage } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { open, stat, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/** Bytes to upload, from the first one on. */
export interface ByteSource {
  /** The total, where it is known. */
  readonly size?: number
  /** Read once. Fails when the bytes that came are not the whole. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** In place of `bytes`, where they can be read right into pieces of `size` bytes. */
  pieces?(size: number): AsyncIterable<Uint8Array>
  /** Ends what makes the bytes; called whatever happens, and harmless when it has ended. */
  stop(): Promise<void>
}

/** What tells an unchanged file from a changed one. */
export interface FileIdentity {
  readonly size: number
  readonly mtimeMs: number
  readonly inode: string
}

const readBytes = 1024 * 1024

/**
 * A regular file. It is watched for changes while it is read.
 * @throws INVALID_FIELD when it is a pipe, a device or a folder, whose size says nothing;
 *   SIZE_MISMATCH from its bytes when the file changed meanwhile
 */
export async function fileSource(path: string): Promise<ByteSource & { readonly identity: FileIdentity }> {
  // Its kind is looked at first, because opening a pipe waits until somebody writes into it.
  if (!(await stat(path)).isFile())
    throw new DomainError(
      'INVALID_FIELD',
      `${path}: expected a regular file, found a pipe, a device or a folder; give what it holds on standard input, or by a program after --`,
      { path },
    )
  const handle = await open(path, 'r')
  const look = async (): Promise<FileIdentity> => {
    const { size, mtimeMs, ino } = await handle.stat({ bigint: false })
    return { size, mtimeMs, inode: String(ino) }
  }
  const identity = await look()
  async function* pieces(size: number): AsyncGenerator<Uint8Array> {
    // No further than it was at first: a file that grows as it is read would never end.
    const read = (position: number): Promise<Uint8Array> => {
      const piece = readPiece(handle, position, Math.min(size, identity.size - position))
      // It is awaited a turn later, or never when the reader goes away.
      piece.catch(() => {})
      return piece
    }
    let ahead = read(0)
    for (let position = 0; position < identity.size;) {
      const piece = await ahead
      if (piece.length === 0) break
      position += piece.length
      ahead = read(position)
      yield piece
    }
    const after = await look()
    if (!sameFile(identity, after))
      throw new DomainError(
        'SIZE_MISMATCH',
        `${path} changed while it was read: expected ${identity.size} bytes, found ${after.size} and another time of change; upload it again when nothing writes to it`,
        { path },
      )
  }
  return { identity, size: identity.size, bytes: pieces(readBytes), pieces, stop: () => handle.close() }
}

/** Less than `length` bytes only at the end of the file. They lie in a room from which they can be sent. */
async function readPiece(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const room = storage.makeRoom('write', position, length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(room, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled === length ? room : room.slice(0, filled)
}

/** Size, time and inode of a file now, by which a later change is noticed. */
export async function identityOf(path: string): Promise<FileIdentity> {
  const { size, mtimeMs, ino } = await stat(path)
  return { size, mtimeMs, inode: String(ino) }
}

export function sameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs && one.inode === other.inode
}

/** A stream, such as standard input. Nobody can tell whether what fills it failed. */
export function streamSource(stream: Readable): ByteSource {
  return {
    bytes: stream as AsyncIterable<Uint8Array>,
    stop: () => {
      stream.destroy()
      return Promise.resolve()
    },
  }
}
