import { canonicalBytes, catalog, captureFromProto, inField } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import type { OnOpenUpload } from '../domain/open-upload.js'
import type { Times } from '../domain/times.js'
import { getImage } from '../db/images-queries.js'
import type { DB } from '../db/tables.js'
import { getUpload, listUploads, type UploadView } from '../db/uploads-queries.js'
import { abortUpload } from '../operations/abort-upload.js'
import { beginUpload, type UploadOrder } from '../operations/begin-upload.js'
import { issueUploadTicket } from '../operations/issue-ticket.js'
import { answerOnce } from './answer-once.js'
import type { KnownCaller } from './door.js'
import { decodeMachine, encodeTicket, refuseProfile } from './encode-common.js'
import { encodeUpload } from './encode-upload.js'
import { decodeOrdinal, readPage } from './page.js'

/** The Uploads service. */
export function uploadsService(
  db: Kysely<DB>,
  times: Times,
): catalog.UploadsServiceImplementation<KnownCaller> {
  const ticketFor = async (upload: UploadView): Promise<catalog.Ticket> =>
    encodeTicket(await issueUploadTicket(db, upload, times.ticketLifetimeMs))
  return {
    begin: async (request, { actor }) => {
      const body = canonicalBytes(catalog.BeginUploadRequest, request)
      const call = { method: 'Uploads.Begin', requestId: request.requestId, body }
      const order = decodeOrder(request)
      const answer = await answerOnce(db, call, catalog.BeginUploadResponse, async (trx) => {
        const begun = await beginUpload(trx, order, actor, times)
        const expectedFiles = begun.expectedFiles.map(({ pattern, description, optional = false }) => ({
          pattern,
          description,
          optional,
        }))
        const upload = encodeUpload(await getUpload(trx, begun.versionId))
        return { upload, expectedFiles, resumed: begun.resumed }
      })
      const upload = await getUpload(db, answer.upload?.versionId ?? '')
      assertNotEnded(upload)
      return { ...answer, ticket: await ticketFor(upload) }
    },
    get: async ({ versionId }) => encodeUpload(await getUpload(db, versionId)),
    list: async ({ imageId, includeEnded, pageSize, pageToken }) => {
      const imageUid = imageId ? (await getImage(db, imageId)).uid : undefined
      const read = (limit: number, before: number | undefined) =>
        listUploads(db, { imageUid, includeEnded }, { limit, before })
      const page = await readPage(pageSize, decodeOrdinal(pageToken), {
        read,
        keyOf: (upload) => upload.version.ordinal,
        encode: encodeUpload,
        codec: catalog.Upload,
        readAtFirst: 8,
      })
      return { uploads: page.items, nextPageToken: page.nextPageToken }
    },
    abort: async ({ versionId, reason }, { actor }) =>
      encodeUpload(await db.transaction().execute((trx) => abortUpload(trx, versionId, actor, reason))),
    issueTicket: async ({ versionId }) => {
      const upload = await getUpload(db, versionId)
      assertNotEnded(upload)
      return {
        ticket: await ticketFor(upload),
        volume: { volumeId: upload.volumeId, address: upload.address },
      }
    },
  }
}

/** A sealed upload still gets a ticket: its client may not have heard the answer to its seal. */
function assertNotEnded({ version }: UploadView): void {
  const isAborted = version.pendingOutcome === 'ABORTED'
  if ((version.lifecycle === 'UPLOADING' && !isAborted) || version.lifecycle === 'SEALED') return
  const found = isAborted ? 'is being aborted' : `has ended (${version.lifecycle})`
  throw new DomainError('UPLOAD_ENDED', `upload ${version.versionId} ${found}; begin another`, {
    version_id: version.versionId,
    lifecycle: version.lifecycle,
  })
}

const onOpenWords: Readonly<Record<number, OnOpenUpload>> = {
  [catalog.OnOpenUpload.ON_OPEN_UPLOAD_UNSPECIFIED]: 'REFUSE',
  [catalog.OnOpenUpload.ON_OPEN_UPLOAD_RESUME]: 'RESUME',
  [catalog.OnOpenUpload.ON_OPEN_UPLOAD_REPLACE]: 'REPLACE',
}

function decodeOnOpen(value: catalog.OnOpenUpload): OnOpenUpload {
  const word = onOpenWords[value]
  if (word) return word
  throw new DomainError('INVALID_FIELD', `on_open: expected refuse, resume or replace, found ${value}`, {
    field: 'on_open',
  })
}

function decodeOrder(request: catalog.BeginUploadRequest): UploadOrder {
  const { capture } = request
  refuseProfile('capture.profile_id', capture?.profileId)
  return {
    imageId: request.imageId,
    schema: request.schema,
    captureFor: (image) =>
      inField('capture', () =>
        captureFromProto(
          catalog.Capture.fromPartial({
            ...capture,
            environment: capture?.environment || image.environment,
            type: capture?.type || image.type,
          }),
        ),
      ),
    source: decodeMachine(request.source, 'source'),
    agent: request.agent,
    expectedSizes: Object.fromEntries(request.expectedSizes.map(({ path, size }) => [path, Number(size)])),
    onOpen: decodeOnOpen(request.onOpen),
    labels: request.labels,
    note: request.note,
  }
}
