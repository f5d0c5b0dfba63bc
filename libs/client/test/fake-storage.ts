import { sha256ToProto, storage, toServerError } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { createServer, type CallContext, type Server } from 'nice-grpc'
import { errorDetailsServerMiddleware } from 'nice-grpc-error-details'
import { Relay } from './relay.js'
import { connectStorage, type StorageConnection } from '../src/storage-connection.js'

type Answers = ReturnType<storage.UploadDataServiceImplementation['write']>

/** What a fake storage does with the n-th Write, counted from 1. */
export interface Behaviour {
  /** Cuts the stream after so many bytes of it. */
  readonly cutAfter?: (stream: number) => number | undefined
  /** Ends the stream after so many bytes of it, without an answer to the file. */
  readonly endAfter?: (stream: number) => number | undefined
  /** What a cut leaves of the acknowledged bytes, on a volume that breaks its word. */
  readonly keepsOf?: (received: Buffer) => Buffer
  /** Refuses at the start. */
  readonly refuse?: (stream: number) => DomainError | undefined
  readonly acknowledge?: boolean
  /** The answer to a Finish, or to the word that the producer failed, gets lost. */
  readonly loseEnd?: (stream: number) => boolean
  /** It takes effect only when somebody wants to go on with the attempt. */
  readonly endLate?: boolean
  /** The bytes that it stored of a finished file, where the volume stored others than it was sent. */
  readonly holds?: (received: Buffer) => Buffer
}

/** One file, kept in memory, by the protocol that the real storage speaks. */
export class FakeStorage {
  received: Buffer = Buffer.alloc(0)
  attempt = 0
  streams = 0
  keepAlives = 0
  failure: string | undefined
  finished = false
  private late = false
  private readonly relay = new Relay()
  private server: Server | undefined

  constructor(private readonly behaviour: Behaviour = {}) {}

  async start(): Promise<StorageConnection> {
    this.server = createServer().use(errorDetailsServerMiddleware)
    this.server.add(storage.UploadDataDefinition, {
      open: () => Promise.resolve({}),
      seal: () => Promise.resolve({}),
      getStatus: () => Promise.resolve(this.status()),
      write: (messages, context) => this.write(messages, context),
    })
    const port = await this.relay.start(await this.server.listen('127.0.0.1:0'))
    const access = { address: `127.0.0.1:${port}`, token: 'ticket', expiresIn: 900 }
    const tickets = { current: () => Promise.resolve(access), renew: () => Promise.resolve(access) }
    return connectStorage(tickets, { forMs: 1_000 })
  }

  stop(): void {
    this.relay.stop()
    this.server?.forceShutdown()
  }

  private status() {
    const ended = this.finished ? 4 : this.failure === undefined ? 2 : 3
    const state = this.late ? 2 : ended
    const digest = state === 4 ? this.digest() : undefined
    const file = { path: 'hd0/part1.winpe.wim', state, attemptId: `att-${this.attempt}`, digest }
    const committedSize = BigInt(this.received.length)
    return { files: this.attempt > 0 ? [{ ...file, committedSize }] : [] }
  }

  private digest() {
    return sha256ToProto(createHash('sha256').update(this.received).digest('hex'))
  }

  private async *write(messages: AsyncIterable<storage.WriteRequest>, _context: CallContext): Answers {
    this.streams += 1
    const stream = this.streams
    this.late = false
    const refusal = this.behaviour.refuse?.(stream)
    if (refusal) throw toServerError(refusal)
    if (this.finished) throw toServerError(new DomainError('FILE_COMPLETE', 'the file is complete'))
    if (this.failure !== undefined)
      throw toServerError(
        new DomainError('ATTEMPT_BROKEN', `the attempt cannot be gone on with: ${this.failure}`),
      )
    const cutAfter = this.behaviour.cutAfter?.(stream) ?? Number.POSITIVE_INFINITY
    const endAfter = this.behaviour.endAfter?.(stream) ?? Number.POSITIVE_INFINITY
    let ofStream = 0
    for await (const { message } of messages) {
      if (message?.$case === 'start') yield this.begin(message.value)
      else if (message?.$case === 'chunk') {
        ofStream += this.take(message.value)
        if (ofStream >= endAfter) return
        if (ofStream >= cutAfter) {
          this.received = this.behaviour.keepsOf?.(this.received) ?? this.received
          return this.relay.cut()
        }
        if (this.behaviour.acknowledge !== false) yield committed(this.received.length)
      } else if (message?.$case === 'producerFailed') {
        this.failure = message.value.failure
        if (this.behaviour.loseEnd?.(stream)) return this.loseAnswer()
        return
      } else if (message?.$case === 'finish') {
        this.finished = true
        this.received = this.behaviour.holds?.(this.received) ?? this.received
        if (this.behaviour.loseEnd?.(stream)) return this.loseAnswer()
        yield {
          message: { $case: 'done', value: { size: BigInt(this.received.length), digest: this.digest() } },
        }
        return
      }
    }
  }

  private loseAnswer(): void {
    this.late = this.behaviour.endLate ?? false
    this.relay.cut()
  }

  private begin({ mode }: storage.WriteStart) {
    if (mode?.$case === 'restart') {
      this.attempt += 1
      this.received = Buffer.alloc(0)
    } else if (mode?.value.offset !== BigInt(this.received.length)) {
      throw new Error(`resumed at ${mode?.value.offset} instead of ${this.received.length}`)
    }
    const value = { attemptId: `att-${this.attempt}`, committedSize: BigInt(this.received.length) }
    return { message: { $case: 'ready', value } } as const
  }

  private take({ offset, data, crc32: sum }: storage.WriteChunk): number {
    if (data.length === 0) this.keepAlives += 1
    if (Number(offset) !== this.received.length) throw new Error(`bytes at ${offset} out of order`)
    if (crc32(data) !== sum) throw new Error('crc differs')
    this.received = Buffer.concat([this.received, data])
    return data.length
  }
}

function committed(size: number) {
  return { message: { $case: 'committed', value: { size: BigInt(size) } } } as const
}
