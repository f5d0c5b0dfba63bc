import { sha256FromProto, type storage } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { createHash, type Hash } from 'node:crypto'
import { isTransient, withRetries, type RetryPolicy } from './retry.js'
import type { StorageConnection } from './storage-connection.js'

/** What the reader has already of a file. */
export interface Prefix {
  readonly size: number
  /** Of those bytes; used up by reading on. */
  readonly hash: Hash
}

export interface ReadFileRequest {
  readonly versionId: string
  readonly path: string
  /** What the orders say that the file is. */
  readonly size: number
  readonly sha256: string
  /** Absent: from the first byte on. */
  readonly after?: Prefix
  readonly retry: RetryPolicy
  readonly signal: AbortSignal
}

/**
 * The bytes of one file in order. A connection that breaks is resumed at the offset reached. The last
 * piece is given out only when the digest of the whole is right, so that what reads to the end has read
 * what was stored.
 * @throws DomainError DIGEST_MISMATCH, SIZE_MISMATCH, those of storage, or UNAVAILABLE
 */
export async function* readFile(
  connection: StorageConnection,
  request: ReadFileRequest,
): AsyncGenerator<Uint8Array> {
  const { size, after, retry, signal } = request
  const hash = after?.hash ?? createHash('sha256')
  let offset = after?.size ?? 0
  let held: Uint8Array | undefined
  while (offset < size) {
    for await (const data of openAt(offset)) {
      hash.update(data)
      offset += data.length
      if (held) yield held
      held = data
    }
  }
  if (offset !== size) throw mismatch('SIZE_MISMATCH', request, `${size} bytes`, `${offset}`)
  const sha256 = hash.digest('hex')
  if (sha256 !== request.sha256)
    throw mismatch('DIGEST_MISMATCH', request, `sha256 ${request.sha256}`, sha256)
  if (held) yield held

  /** Ends early, and without an error, when the connection breaks after it has brought something. */
  async function* openAt(start: number): AsyncGenerator<Uint8Array> {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    try {
      const opened = await withRetries({ ...retry, signal }, () =>
        connection.once(({ versionData }) => openRead(versionData, request, start, either)),
      )
      yield opened.first
      yield* opened.rest
    } catch (error) {
      signal.throwIfAborted()
      const broken = offset > start && isTransient(error)
      if (!broken) throw connection.toError(error)
    } finally {
      over.abort()
    }
  }
}

/** Opens the stream and waits for its first bytes, so that each try that succeeds gets further. */
async function openRead(
  client: storage.VersionDataClient,
  request: ReadFileRequest,
  start: number,
  signal: AbortSignal,
): Promise<{ first: Uint8Array; rest: AsyncGenerator<Uint8Array> }> {
  const { versionId, path } = request
  const answers = client.read(
    { versionId, path, offset: BigInt(start), length: 0n, held: BigInt(start) },
    { signal },
  )
  const pieces = piecesOf(answers, request, start)
  const { value, done } = await pieces.next()
  if (done) throw new DomainError('UNAVAILABLE', `${path}: the storage service sent nothing`)
  return { first: value, rest: pieces }
}

async function* piecesOf(
  answers: AsyncIterable<storage.ReadResponse>,
  request: ReadFileRequest,
  start: number,
): AsyncGenerator<Uint8Array, undefined> {
  let expected = start
  for await (const { message } of answers) {
    if (message?.$case === 'header') checkHeader(message.value, request)
    if (message?.$case !== 'chunk' || message.value.data.length === 0) continue
    if (Number(message.value.offset) !== expected)
      throw mismatch('PROTOCOL_VIOLATION', request, `bytes at ${expected}`, `at ${message.value.offset}`)
    expected += message.value.data.length
    yield message.value.data
  }
  if (expected < request.size)
    throw new DomainError(
      'UNAVAILABLE',
      `${request.path}: the stream ended at ${expected} of ${request.size}`,
    )
}

function checkHeader(header: storage.ReadHeader, request: ReadFileRequest): void {
  if (Number(header.size) !== request.size)
    throw mismatch('SIZE_MISMATCH', request, `${request.size} bytes`, `${header.size}`)
  const sha256 = sha256FromProto(header.digest)
  if (sha256 !== request.sha256)
    throw mismatch('DIGEST_MISMATCH', request, `sha256 ${request.sha256}`, sha256)
}

function mismatch(
  reason: 'SIZE_MISMATCH' | 'DIGEST_MISMATCH' | 'PROTOCOL_VIOLATION',
  request: ReadFileRequest,
  expected: string,
  found: string,
): DomainError {
  const { versionId, path } = request
  return new DomainError(reason, `${path} of ${versionId}: expected ${expected}, found ${found}`, {
    path,
    expected,
    found,
  })
}
