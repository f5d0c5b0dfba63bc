import { sha256FromProto, sha256ToProto, type storage } from '@goldkeep/contracts'
import type { VersionId } from '@goldkeep/domain'
import { crc32 } from 'node:zlib'
import { sha256 } from './bytes.js'
import type { StorageClients } from './clients.js'

type Request = { readonly message: NonNullable<storage.WriteRequest['message']> }
type Response = NonNullable<storage.WriteResponse['message']>
type Answers = { [Case in Response['$case']]: Extract<Response, { $case: Case }>['value'] }

export interface StartFields {
  readonly writerId?: string
  readonly takeOver?: boolean
  readonly resume?: { readonly attemptId: string; readonly offset: number }
}

export const startOf = (versionId: VersionId | string, path: string, fields: StartFields = {}): Request => ({
  message: {
    $case: 'start',
    value: {
      versionId,
      path,
      writerId: fields.writerId ?? 'writer-1',
      takeOver: fields.takeOver ?? false,
      mode: fields.resume
        ? { $case: 'resume', value: { ...fields.resume, offset: BigInt(fields.resume.offset) } }
        : { $case: 'restart', value: {} },
    },
  },
})

export const chunkOf = (data: Uint8Array, offset: number, sum = crc32(data)): Request => ({
  message: { $case: 'chunk', value: { offset: BigInt(offset), data, crc32: sum } },
})

export const finishOf = (size: number, digest: string): Request => ({
  message: { $case: 'finish', value: { size: BigInt(size), digest: sha256ToProto(digest) } },
})

/** A Write whose messages the test sends one by one, and whose answers it awaits. */
export class WriteStream {
  readonly #sending: Request[] = []
  #wake: (() => void) | undefined
  #ended = false
  readonly #cut = new AbortController()
  readonly #answers: AsyncIterator<storage.WriteResponse>

  /** @param first `undefined` for a client that opens the call and sends nothing */
  constructor(clients: StorageClients, first: Request | undefined) {
    if (first) this.#sending.push(first)
    const answers = clients.uploads.write(this.#requests(), { signal: this.#cut.signal })
    this.#answers = answers[Symbol.asyncIterator]()
  }

  send(...requests: Request[]): void {
    this.#sending.push(...requests)
    this.#wake?.()
  }

  /** Half-closes. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** As if the connection were lost. */
  cut(): void {
    this.#cut.abort()
  }

  /** The next answer; `undefined` when the server ended the stream. */
  async next(): Promise<Response | undefined> {
    const answer = await this.#answers.next()
    return answer.done ? undefined : answer.value.message
  }

  /** The next answer of a kind; others are passed over. Fails when the stream ends before. */
  async until<Case extends Response['$case']>(kind: Case): Promise<Answers[Case]> {
    for (let answer = await this.next(); answer; answer = await this.next())
      if (answer.$case === kind) return answer.value as Answers[Case]
    throw new Error(`the stream ended before ${kind}`)
  }

  /** Reads to the end of the stream, and gives back the refusal with which it ended, if it did. */
  async refusal(): Promise<unknown> {
    try {
      while (await this.next());
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Waits until so many bytes are durable. */
  async untilCommitted(size: number): Promise<void> {
    for (;;) if (Number((await this.until('committed')).size) >= size) return
  }

  async *#requests(): AsyncGenerator<Request, void, undefined> {
    for (;;) {
      const request = this.#sending.shift()
      if (request) yield request
      else if (this.#ended) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

/** Writes a whole file in pieces and returns its attempt. */
export async function writeWhole(
  clients: StorageClients,
  versionId: VersionId,
  path: string,
  bytes: Uint8Array,
  fields: StartFields = {},
): Promise<string> {
  const stream = new WriteStream(clients, startOf(versionId, path, fields))
  const { attemptId } = await stream.until('ready')
  const piece = 256 * 1024
  for (let at = 0; at < bytes.length; at += piece) stream.send(chunkOf(bytes.subarray(at, at + piece), at))
  stream.send(finishOf(bytes.length, sha256(bytes)))
  const done = await stream.until('done')
  if (sha256FromProto(done.digest) !== sha256(bytes)) throw new Error('another digest came back')
  stream.end()
  return attemptId
}

export const sealFileOf = (path: string, bytes: Uint8Array): storage.SealFile => ({
  path,
  size: BigInt(bytes.length),
  digest: sha256ToProto(sha256(bytes)),
})

/** Opens an upload, writes the files, seals it. */
export async function uploadWhole(
  clients: StorageClients,
  versionId: VersionId,
  schema: Uint8Array,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<storage.SealResponse> {
  await clients.uploads.open({ versionId, schema })
  for (const [path, bytes] of Object.entries(files)) await writeWhole(clients, versionId, path, bytes)
  const list = Object.entries(files).map(([path, bytes]) => sealFileOf(path, bytes))
  return await clients.uploads.seal({ versionId, files: list })
}

/** All bytes of a read, and its header. */
export async function readWhole(
  clients: StorageClients,
  request: {
    readonly versionId: string
    readonly path: string
    readonly offset?: number
    readonly length?: number
    readonly held?: number
  },
): Promise<{ readonly size: number; readonly bytes: Buffer }> {
  const pieces: Uint8Array[] = []
  let size = -1
  const { versionId, path, offset = 0, length = 0, held = 0 } = request
  const answers = clients.versions.read({
    versionId,
    path,
    offset: BigInt(offset),
    length: BigInt(length),
    held: BigInt(held),
  })
  for await (const { message } of answers) {
    if (message?.$case === 'header') size = Number(message.value.size)
    if (message?.$case === 'chunk') pieces.push(message.value.data)
  }
  return { size, bytes: Buffer.concat(pieces) }
}
