import { DomainError } from '@goldkeep/domain'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'

/** Bytes to upload, from the first one on. */
export interface ByteSource {
  /** The total, where it is known. */
  readonly size?: number
  /** Read once. Fails when the bytes that came are not the whole. */
  readonly bytes: AsyncIterable<Uint8Array>
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
 * A file. It is watched for changes while it is read.
 * @throws SIZE_MISMATCH from its bytes when the file changed meanwhile
 */
export async function fileSource(path: string): Promise<ByteSource & { readonly identity: FileIdentity }> {
  const handle = await open(path, 'r')
  const look = async (): Promise<FileIdentity> => {
    const { size, mtimeMs, ino } = await handle.stat({ bigint: false })
    return { size, mtimeMs, inode: String(ino) }
  }
  const identity = await look()
  async function* bytes(): AsyncGenerator<Uint8Array> {
    // No further than it was at first: a file that grows as it is read would never end.
    for (let position = 0; position < identity.size;) {
      const length = Math.min(readBytes, identity.size - position)
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position)
      if (bytesRead === 0) break
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
    const after = await look()
    if (!sameFile(identity, after))
      throw new DomainError(
        'SIZE_MISMATCH',
        `${path} changed while it was read: expected ${identity.size} bytes, found ${after.size} and another time of change; upload it again when nothing writes to it`,
        { path },
      )
  }
  return { identity, size: identity.size, bytes: bytes(), stop: () => handle.close() }
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

/** Joins small pieces and cuts large ones, so that each but the last has exactly `size` bytes. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(size)
  let filled = 0
  for await (const data of bytes) {
    for (let taken = 0; taken < data.length;) {
      const part = data.subarray(taken, taken + size - filled)
      piece.set(part, filled)
      filled += part.length
      taken += part.length
      if (filled < size) continue
      yield piece
      // A new one each time: the piece is kept until storage has committed it.
      piece = Buffer.allocUnsafe(size)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}
