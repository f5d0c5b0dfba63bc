import { sha256FromProto, sha256ToProto, type storage } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { UncommittedBytes } from './uncommitted-bytes.js'

/** How a stream begins: anew, or where an attempt stands. */
export type WriteMode =
  | { readonly kind: 'restart' }
  | { readonly kind: 'resume'; readonly attemptId: string; readonly offset: number }

export interface WriteStreamRequest {
  readonly start: {
    readonly versionId: string
    readonly path: string
    readonly writerId: string
    readonly takeOver: boolean
  }
  readonly mode: WriteMode
  readonly uncommitted: UncommittedBytes
  /** After how long without data an empty chunk is sent. */
  readonly keepAliveMs: number
  readonly signal: AbortSignal
  readonly onReady: (attemptId: string, committed: number) => Promise<void>
  readonly onCommitted: (size: number) => void
  /** Storage reads again what it has of a resumed file. */
  readonly onHashing: (bytes: number) => void
  /** What storage is told of a source that failed. */
  readonly describeFailure: (error: unknown) => string
}

export interface StoredFile {
  readonly size: number
  readonly sha256: string
}

type Message = Parameters<storage.UploadDataClient['write']>[0] extends AsyncIterable<infer M> ? M : never

/**
 * One connection's share of a file: one loop sends, one reads the acknowledgements. gRPC asks the sending
 * loop for the next message only when the last one found room (`write() === true`, or `drain`).
 * @returns the file as storage has it; undefined when the source failed and storage knows
 */
export async function writeStream(
  client: storage.UploadDataClient,
  request: WriteStreamRequest,
): Promise<StoredFile | undefined> {
  // Ends the sending loop when the answers have ended, for whatever reason.
  const over = new AbortController()
  const signal = AbortSignal.any([request.signal, over.signal])
  let tellReady: (committed: number) => void = () => {}
  const ready = new Promise<number>((resolve) => (tellReady = resolve))
  const messages = new SendingLoop(request, ready, signal)
  try {
    for await (const { message } of client.write(messages.run(), { signal: request.signal })) {
      switch (message?.$case) {
        case 'ready': {
          const committed = Number(message.value.committedSize)
          await request.onReady(message.value.attemptId, committed)
          tellReady(committed)
          break
        }
        case 'committed':
          request.onCommitted(Number(message.value.size))
          break
        case 'hashing':
          request.onHashing(Number(message.value.bytes))
          break
        case 'done':
          return { size: Number(message.value.size), sha256: sha256FromProto(message.value.digest) }
      }
    }
  } finally {
    over.abort()
  }
  if (messages.failureTold) return undefined
  throw new DomainError('UNAVAILABLE', 'the storage service ended the stream before the file was done')
}

class SendingLoop {
  failureTold = false

  constructor(
    private readonly request: WriteStreamRequest,
    private readonly ready: Promise<number>,
    private readonly signal: AbortSignal,
  ) {}

  async *run(): AsyncGenerator<Message> {
    const { start, mode, uncommitted, keepAliveMs, describeFailure } = this.request
    yield { message: { $case: 'start', value: { ...start, mode: modeMessage(mode) } } }
    let offset = await untilAborted(this.ready, this.signal)
    for (;;) {
      const next = await uncommitted.next(offset, keepAliveMs, this.signal)
      if (next.kind === 'piece') {
        const { data, crc32 } = next.piece
        yield chunk(offset, data, crc32)
        offset += data.length
      } else if (next.kind === 'idle') {
        yield chunk(offset, new Uint8Array(0), 0)
      } else if (next.kind === 'whole') {
        const value = { size: BigInt(next.size), digest: sha256ToProto(next.sha256) }
        yield { message: { $case: 'finish', value } }
        return
      } else {
        yield { message: { $case: 'producerFailed', value: { failure: describeFailure(next.error) } } }
        this.failureTold = true
        return
      }
    }
  }
}

function chunk(offset: number, data: Uint8Array, crc32: number): Message {
  return { message: { $case: 'chunk', value: { offset: BigInt(offset), data, crc32 } } }
}

function modeMessage(mode: WriteMode) {
  if (mode.kind === 'restart') return { $case: 'restart', value: {} } as const
  const value = { attemptId: mode.attemptId, offset: BigInt(mode.offset) }
  return { $case: 'resume', value } as const
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    promise.then(resolve, reject)
  })
}
