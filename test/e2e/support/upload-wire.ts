import type { House } from '@goldkeep/testing'
import { clientsWithBearer, openChannel } from '@goldkeep/client'
import { catalog, storage } from '@goldkeep/contracts'
import { DomainError, type Reason } from '@goldkeep/domain'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { ClientError, Status } from 'nice-grpc-common'

type Start = Partial<storage.WriteStart>
type Request = Parameters<storage.UploadDataClient['write']>[0] extends AsyncIterable<infer M> ? M : never

/** A refusal as it came over the wire. */
export interface Refusal {
  readonly reason: Reason
  readonly status: string | undefined
  readonly message: string
  readonly metadata: Readonly<Record<string, string>>
}

/** The refusal that a call ends with; throws when it succeeds or fails in another way. */
export async function refusalOf(call: () => Promise<unknown>): Promise<Refusal> {
  const error = await call().then(
    () => undefined,
    (refusal: unknown) => refusal,
  )
  if (!(error instanceof DomainError) || !(error.cause instanceof ClientError))
    throw new Error('expected a refusal from the wire', { cause: error })
  const { reason, message, metadata, cause } = error
  return { reason, message, metadata, status: Status[(cause as ClientError).code] }
}

export const restart: Start = { mode: { $case: 'restart', value: {} } }

export const resume = (attemptId: string, offset: number): Start => ({
  mode: { $case: 'resume', value: { attemptId, offset: BigInt(offset) } },
})

/** One upload as a client of one's own making sees it, below the command line. */
export interface UploadWire {
  readonly client: storage.UploadDataClient
  /** Opens a write stream and reads it to its end. */
  write(path: string, start: Start): Promise<void>
  /** Sends some bytes and half-closes without Finish: a partial commit. */
  writeHalf(path: string): Promise<{ readonly attemptId: string; readonly committed: number }>
  close(): void
}

export async function connectUpload(house: House, versionId: string): Promise<UploadWire> {
  const token = (await readFile(join(house.directory, 'admin-token'), 'utf8')).trim()
  const catalogChannel = openChannel(house.catalogAddress)
  const uploads = clientsWithBearer(() => token).create(catalog.UploadsDefinition, catalogChannel)
  const { ticket, volume } = await uploads.issueTicket({ versionId })
  catalogChannel.close()
  const channel = openChannel(volume?.address ?? '')
  const client = clientsWithBearer(() => ticket?.token ?? '').create(storage.UploadDataDefinition, channel)
  const startMessage = (path: string, start: Start): Request => ({
    message: { $case: 'start', value: { versionId, path, writerId: randomUUID(), ...start } },
  })
  return {
    client,
    write: async (path, start) => {
      const only = async function* (): AsyncGenerator<Request> {
        yield await Promise.resolve(startMessage(path, start))
      }
      for await (const { message } of client.write(only()))
        if (message?.$case === 'done') throw new Error(`${path} was done without a byte`)
    },
    writeHalf: (path) => writeHalf(client, versionId, path, startMessage(path, restart)),
    close: () => channel.close(),
  }
}

async function writeHalf(
  client: storage.UploadDataClient,
  versionId: string,
  path: string,
  start: Request,
): Promise<{ attemptId: string; committed: number }> {
  const data = Buffer.from('half of a file')
  let tellReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => (tellReady = resolve))
  const requests = async function* (): AsyncGenerator<Request> {
    yield start
    await ready
    yield { message: { $case: 'chunk', value: { offset: 0n, data, crc32: crc32(data) } } }
  }
  let attemptId = ''
  for await (const { message } of client.write(requests()))
    if (message?.$case === 'ready') {
      attemptId = message.value.attemptId
      tellReady()
    }
  const { files } = await client.getStatus({ versionId })
  return { attemptId, committed: Number(files.find((file) => file.path === path)?.committedSize) }
}
