import { connectStorage, createTicketSource, readFile, writeFile, type ByteSource } from '@goldkeep/client'
import type { storage } from '@goldkeep/contracts'
import { sha256ToProto } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { bytesOf } from '../../../services/storage/test/support/bytes.js'
import type { RealStorage } from '../../../services/storage/test/support/real-storage.js'
import { schema } from '../../../services/storage/test/support/test-house.js'

/** Bytes that are made while they are read, the same for a seed. */
export interface Content {
  readonly size: number
  readonly sha256: string
  /** All of it. */
  whole(): Buffer
  source(onPiece?: (offset: number) => Promise<void>): ByteSource | Promise<ByteSource>
}

const pieceBytes = 256 * 1024

export function contentOf(size: number, seed: string): Content {
  const piece = bytesOf(pieceBytes, seed)
  function* pieces(): Generator<Buffer> {
    for (let at = 0; at < size; at += pieceBytes) {
      // Another number in each piece, so that one in the place of another is noticed.
      piece.writeUInt32LE(at, 0)
      yield Buffer.from(piece.subarray(0, Math.min(pieceBytes, size - at)))
    }
  }
  async function* bytes(onPiece?: (offset: number) => Promise<void>): AsyncGenerator<Buffer> {
    let at = 0
    for (const next of pieces()) {
      await onPiece?.(at)
      yield next
      at += next.length
    }
  }
  const hash = createHash('sha256')
  for (const next of pieces()) hash.update(next)
  return {
    size,
    sha256: hash.digest('hex'),
    whole: () => Buffer.concat([...pieces()]),
    source: (onPiece) => ({ size, bytes: bytes(onPiece), stop: async () => {} }),
  }
}

export interface WriteOptions {
  readonly writerId?: string
  readonly takeOver?: boolean
  readonly onCommitted?: (size: number) => void
  readonly onAttempt?: (attemptId: string) => Promise<void>
  readonly onPiece?: (offset: number) => Promise<void>
  /** Told when the connection broke, before it goes on over another. */
  readonly onResume?: () => void
}

export interface SessionOptions {
  readonly operation?: 'upload' | 'read'
  /** Another way to the storage service than straight. */
  readonly address?: string
  /** How long to try again what may succeed later. */
  readonly patienceMs?: number
}

export type StorageSession = ReturnType<typeof openSession>

/** An upload, or the reading of a version, by the client library. */
export function openSession(
  real: RealStorage,
  versionId: VersionId,
  { operation = 'upload', address = real.address, patienceMs = 60_000 }: SessionOptions = {},
) {
  const retry = { forMs: patienceMs }
  const { signal } = new AbortController()
  const issue = async () => ({
    address,
    token: await (operation === 'upload' ? real.uploadTicket(versionId) : real.readTicket(versionId)),
    expiresIn: 900,
  })
  const connection = connectStorage(createTicketSource(issue), retry)
  return {
    open: () => connection.call(({ uploadData }) => uploadData.open({ versionId, schema })),
    status: () => connection.call(({ uploadData }) => uploadData.getStatus({ versionId })),
    write: async (path: string, content: Content, options: WriteOptions = {}) => {
      const { writerId = 'writer', takeOver = false, onCommitted, onAttempt, onPiece, onResume } = options
      return await writeFile(connection, {
        ...{ versionId, path, writerId, takeOver, signal },
        retry: { ...retry, onRetry: onResume },
        ...(onAttempt && { onAttempt }),
        source: await content.source(onPiece),
        mode: { kind: 'restart' },
        // Little enough to be waiting for what storage makes durable.
        bufferBytes: 2 * 1024 * 1024,
        pieceBytes,
        onProgress: ({ committed }) => onCommitted?.(committed),
      })
    },
    seal: (files: Readonly<Record<string, Content>>): Promise<storage.SealResponse> => {
      const list = Object.entries(files).map(([path, { size, sha256 }]) => ({
        path,
        size: BigInt(size),
        digest: sha256ToProto(sha256),
      }))
      return connection.call(({ uploadData }) => uploadData.seal({ versionId, files: list }))
    },
    /** Reads to the end; fails unless the bytes are those of the content. */
    read: async (path: string, { size, sha256 }: Pick<Content, 'size' | 'sha256'>): Promise<void> => {
      let read = 0
      const pieces = readFile(connection, { versionId, path, size, sha256, retry, signal })
      for await (const bytes of pieces) read += bytes.length
      if (read !== size) throw new Error(`read ${read} of ${size} bytes of ${path}`)
    },
    close: () => connection.close(),
  }
}
