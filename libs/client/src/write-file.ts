import { catalog, sha256FromProto, type storage } from '@goldkeep/contracts'
import { DomainError, isDomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import type { ByteSource } from './byte-source.js'
import { inPieces } from './in-pieces.js'
import { UncommittedBytes } from './uncommitted-bytes.js'
import { withRetries, type RetryPolicy } from './retry.js'
import type { StorageConnection } from './storage-connection.js'
import { describeFailure, supersededMeanwhile, unavailable } from './write-failures.js'
import { writeStream, type StoredFile, type WriteMode } from './write-stream.js'

export interface WriteFileRequest {
  readonly versionId: string
  readonly path: string
  readonly source: ByteSource
  /** Resume only with the very bytes that the attempt began with. */
  readonly mode: WriteMode
  /** Random per process. */
  readonly writerId: string
  readonly takeOver?: boolean
  readonly retry: RetryPolicy
  /** For how long a full volume is waited for; absent: not at all. */
  readonly waitForSpaceMs?: number
  readonly signal: AbortSignal
  /** Told, and waited for, before any byte of the attempt is sent. */
  readonly onAttempt?: (attemptId: string) => Promise<void>
  readonly onProgress?: (progress: WriteProgress) => void
  /** Most uncommitted bytes that are kept to be sent again. */
  readonly bufferBytes?: number
  /** Of one chunk; 1 MiB, the largest, costs a sixth less processor time than half of it. */
  readonly pieceBytes?: number
  readonly keepAliveMs?: number
}

export interface WriteProgress {
  /** Bytes of the source that have been read. */
  readonly read: number
  /** Bytes that are durable. */
  readonly committed: number
  readonly state: WriteState
}

/** `full`: the volume has no room, and the bytes wait here until it has. */
export type WriteState = 'connecting' | 'sending' | 'full'

const defaultKeepAliveMs = 15_000

/**
 * Uploads one file. A connection that breaks is resumed by itself with the bytes that were not committed
 * yet, so that the source does not notice; a full volume is waited for in the same way, for `waitForSpaceMs`.
 * @throws DomainError of storage · UNAVAILABLE when the retries have run out · ProcessFailedError
 */
export async function writeFile(
  storage: StorageConnection,
  request: WriteFileRequest,
): Promise<StoredFile & { readonly attemptId: string }> {
  const over = new AbortController()
  const signal = AbortSignal.any([request.signal, over.signal])
  const writing = new FileWriting(storage, request, signal)
  const reading = writing.readSource()
  try {
    return await writing.run()
  } catch (error) {
    request.signal.throwIfAborted()
    throw storage.toError(error)
  } finally {
    over.abort()
    await request.source.stop()
    await reading
  }
}

/** One file on its way, over however many connections it takes. */
class FileWriting {
  private readonly uncommitted: UncommittedBytes
  private mode: WriteMode
  private read = 0
  private whole: StoredFile | undefined
  private sourceError: unknown
  private attemptId = ''
  private tries = 0
  private state: WriteState = 'connecting'
  private readyAt = 0
  /** Streams that lasted, bytes or none: a slow source's connection counts as progress too. */
  private livedStreams = 0

  constructor(
    private readonly storage: StorageConnection,
    private readonly request: WriteFileRequest,
    private readonly signal: AbortSignal,
  ) {
    const start = request.mode.kind === 'resume' ? request.mode.offset : 0
    this.uncommitted = new UncommittedBytes(start, request.bufferBytes ?? 64 * 1024 * 1024)
    this.mode = request.mode
  }

  /** Reads the source once, counting the digest on the way; what is committed already is only counted. */
  async readSource(): Promise<void> {
    const { source, mode, pieceBytes = 1024 * 1024 } = this.request
    const skip = mode.kind === 'resume' ? mode.offset : 0
    const hash = createHash('sha256')
    try {
      for await (const piece of source.pieces?.(pieceBytes) ?? inPieces(source.bytes, pieceBytes)) {
        hash.update(piece)
        const fresh = piece.subarray(Math.max(0, skip - this.read))
        this.read += piece.length
        if (fresh.length > 0) await this.uncommitted.append(fresh, this.signal)
        this.report()
      }
      this.whole = { size: this.read, sha256: hash.digest('hex') }
      this.uncommitted.end({ kind: 'whole', ...this.whole })
    } catch (error) {
      if (this.signal.aborted) return
      this.sourceError = error
      this.uncommitted.end({ kind: 'failed', error })
    }
  }

  async run(): Promise<StoredFile & { readonly attemptId: string }> {
    const progress = (): number => this.uncommitted.committed + this.livedStreams
    const { retry, waitForSpaceMs } = this.request
    const policy = { ...retry, waitForSpaceMs, signal: this.signal, progress }
    const stored = await withRetries(policy, async () => {
      try {
        return await this.storage.once((clients) => this.connectOnce(clients.uploadData))
      } catch (error) {
        this.noteEnd()
        this.state = isDomainError(error, 'NO_SPACE') ? 'full' : 'connecting'
        this.report()
        // A stream that was cut may have left more behind than its last acknowledgement said.
        if (isDomainError(error, 'OFFSET_MISMATCH') && this.tries > 1) throw unavailable(error)
        // Nobody else could have it while this one was connected: it was taken over, and the word of it got lost.
        if (isDomainError(error, 'FILE_BUSY') && this.tries > 1) throw supersededMeanwhile(error)
        throw error
      }
    })
    if (!stored) throw this.sourceError
    if (stored.size !== this.whole?.size || stored.sha256 !== this.whole.sha256) throw this.differs(stored)
    return { ...stored, attemptId: this.attemptId }
  }

  /** The first connection begins as asked; a later one goes on with the attempt that the first one made. */
  private async connectOnce(client: storage.UploadDataClient): Promise<StoredFile | undefined> {
    this.tries += 1
    if (this.tries === 1 || this.mode.kind === 'restart') return this.sendOn(client)
    const { attemptId } = this.mode
    let ended = await this.findOut(client, attemptId)
    if (ended === undefined) {
      try {
        return await this.sendOn(client)
      } catch (error) {
        // What the last connection had sent may have taken effect only after the look at it.
        if (!isDomainError(error, 'FILE_COMPLETE') && !isDomainError(error, 'ATTEMPT_BROKEN')) throw error
        ended = await this.findOut(client, attemptId)
        if (ended === undefined) throw error
      }
    }
    return ended === 'failed' ? undefined : ended
  }

  private sendOn(client: storage.UploadDataClient): Promise<StoredFile | undefined> {
    const { versionId, path, writerId, takeOver = false, keepAliveMs = defaultKeepAliveMs } = this.request
    return writeStream(client, {
      start: { versionId, path, writerId, takeOver },
      mode: this.mode,
      uncommitted: this.uncommitted,
      keepAliveMs,
      signal: this.signal,
      onReady: (attemptId, committed) => this.onReady(attemptId, committed),
      onCommitted: (size) => this.onCommitted(size),
      onHashing: () => this.report(),
      describeFailure,
    })
  }

  /**
   * Where the attempt stands, and how it ended when only the answer was lost: the file itself after its Finish,
   * `failed` after the word that the source did.
   */
  private async findOut(
    client: storage.UploadDataClient,
    attemptId: string,
  ): Promise<StoredFile | 'failed' | undefined> {
    const { versionId, path } = this.request
    const status = await client.getStatus({ versionId }, { signal: this.signal })
    const file = status.files.find((one) => one.path === path)
    if (file?.attemptId !== attemptId)
      throw new DomainError(
        'ATTEMPT_SUPERSEDED',
        `${path}: expected attempt ${attemptId}, found ${file?.attemptId || 'none'}; another writer began the file anew`,
        { path, expected: attemptId, found: file?.attemptId ?? '' },
      )
    const size = Number(file.committedSize)
    this.onCommitted(size)
    this.mode = { kind: 'resume', attemptId, offset: size }
    const { UPLOAD_FILE_STATE_COMPLETE: complete, UPLOAD_FILE_STATE_FAILED: failed } = catalog.UploadFileState
    if (file.state === failed && this.sourceError !== undefined) return 'failed'
    return file.state === complete ? { size, sha256: sha256FromProto(file.digest) } : undefined
  }

  private async onReady(attemptId: string, committed: number): Promise<void> {
    const isNew = this.attemptId !== attemptId
    this.attemptId = attemptId
    this.mode = { kind: 'resume', attemptId, offset: committed }
    this.state = 'sending'
    this.readyAt = performance.now()
    if (isNew) await this.request.onAttempt?.(attemptId)
    this.onCommitted(committed)
  }

  private onCommitted(size: number): void {
    this.uncommitted.commit(size)
    this.report()
  }

  private noteEnd(): void {
    const { keepAliveMs = defaultKeepAliveMs } = this.request
    if (this.state === 'sending' && performance.now() - this.readyAt > keepAliveMs) this.livedStreams += 1
  }

  private report(): void {
    const { read, state } = this
    this.request.onProgress?.({ read, committed: this.uncommitted.committed, state })
  }

  private differs(stored: StoredFile): DomainError {
    const { path } = this.request
    const shown = (file: StoredFile | undefined) => file && `${file.size} bytes with sha256 ${file.sha256}`
    return new DomainError(
      'DIGEST_MISMATCH',
      `${path}: sent ${shown(this.whole)}, storage has ${shown(stored)}; upload the file again`,
      { path },
    )
  }
}
