import type { catalog, storage } from '@goldkeep/contracts'
import { sha256ToProto } from '@goldkeep/contracts'
import { randomUUID } from 'node:crypto'
import type { CatalogConnection } from './catalog-connection.js'
import type { RetryPolicy } from './retry.js'
import { connectStorage } from './storage-connection.js'
import { accessFrom, createTicketSource } from './ticket-source.js'
import { writeFile, type WriteFileRequest } from './write-file.js'

export interface SealedFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** One upload, from begin to seal. */
export interface UploadSession {
  readonly versionId: string
  /** By which storage knows this process as the writer of files. */
  readonly writerId: string
  /** Aborts when the upload is broken off here. */
  readonly signal: AbortSignal
  /** Stages the upload in storage; repeating it is harmless. */
  open(schema: Uint8Array): Promise<storage.UploadStatus>
  status(): Promise<storage.UploadStatus>
  /** Writes one file, as this process unless the request names another writer. */
  write(
    request: Omit<WriteFileRequest, 'versionId' | 'writerId' | 'retry' | 'signal'> &
      Partial<Pick<WriteFileRequest, 'writerId'>>,
  ): ReturnType<typeof writeFile>
  seal(files: readonly SealedFile[]): Promise<storage.SealResponse>
  close(): void
}

/** Same for all files that this process writes: it may take over its own broken streams at once. */
const writerId = randomUUID()

/** Goes on with an upload that has begun, in this process or another. */
export function resumeUpload(
  catalogConnection: CatalogConnection,
  versionId: string,
  retry: RetryPolicy,
  first?: Parameters<typeof accessFrom>[0],
): UploadSession {
  const issue = async () => accessFrom(await catalogConnection.uploads.issueTicket({ versionId }))
  const connection = connectStorage(createTicketSource(issue, first && accessFrom(first)), retry)
  const signal = retry.signal ?? new AbortController().signal
  return {
    versionId,
    writerId,
    signal,
    open: (schema) => connection.call(({ uploadData }) => uploadData.open({ versionId, schema }, { signal })),
    status: () => connection.call(({ uploadData }) => uploadData.getStatus({ versionId }, { signal })),
    write: (request) => writeFile(connection, { writerId, ...request, versionId, retry, signal }),
    seal: (files) =>
      connection.call(({ uploadData }) =>
        uploadData.seal({ versionId, files: files.map(sealMessage) }, { signal }),
      ),
    close: () => connection.close(),
  }
}

export interface BegunUpload {
  readonly session: UploadSession
  readonly answer: catalog.BeginUploadResponse
}

export type BeginRequest = Parameters<CatalogConnection['uploads']['begin']>[0] & {
  readonly schema: Uint8Array
}

/**
 * Begins an upload in the catalog and stages it in storage; repeating it with one request id is harmless.
 * @param onBegun called with the catalog's answer, before storage is asked
 */
export async function beginUpload(
  catalogConnection: CatalogConnection,
  request: BeginRequest,
  retry: RetryPolicy,
  onBegun?: (answer: catalog.BeginUploadResponse) => Promise<void>,
): Promise<BegunUpload> {
  const answer = await catalogConnection.uploads.begin({ requestId: randomUUID(), ...request })
  await onBegun?.(answer)
  const versionId = answer.upload?.versionId ?? ''
  const first = { ticket: answer.ticket, volume: answer.upload?.volume }
  const session = resumeUpload(catalogConnection, versionId, retry, first)
  await session.open(request.schema)
  return { session, answer }
}

function sealMessage({ path, size, sha256 }: SealedFile) {
  return { path, size: BigInt(size), digest: sha256ToProto(sha256) }
}
