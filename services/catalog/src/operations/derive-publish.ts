import type { Transaction } from 'kysely'
import { createHash } from 'node:crypto'
import { changePublication, publicationOfSubject } from '../db/publications-queries.js'
import { readPublication, type PublicationState } from '../db/read-publication.js'
import type { DB } from '../db/tables.js'
import type { PublicationPart } from '../db/tables/image-tables.js'
import { changeRecordOf, imageDocumentOf, versionRecordOf } from './publication-documents.js'

/** Records of one part, together; a message may have four times as much. */
const mostBytes = 1024 * 1024
/** Attempts without an answer that are remembered; with more a publication may be taken for another's. */
const mostAttempts = 100

export type PublishedRecord = { readonly bytes: Uint8Array } & (
  { readonly versionId: string } | { readonly changeId: string }
)

export interface PublishWork {
  readonly kind: 'publish'
  readonly imageId: string
  readonly imageUid: string
  readonly epoch: number
  readonly generation: number
  readonly records: readonly PublishedRecord[]
  /** image.json; absent: more parts follow. */
  readonly document: Uint8Array | undefined
  readonly primaryVersionId: string | null
  readonly primaryElsewhere: boolean
  readonly bases: readonly string[]
  readonly allowAbsent: boolean
  readonly volume: { readonly volumeId: string; readonly address: string }
}

/** The next part of a publication, which is remembered until it is confirmed. */
export async function derivePublish(trx: Transaction<DB>, subject: string): Promise<PublishWork | undefined> {
  const state = await readPublication(trx, publicationOfSubject(subject))
  if (!state || state.publishedGeneration >= state.wantedGeneration) return undefined
  const { records, sent, isLast } = nextRecords(state)
  const document = isLast ? imageDocumentOf(state) : undefined
  const sha256 = document && createHash('sha256').update(document).digest('hex')
  const part: PublicationPart = {
    epoch: state.epoch,
    ...sent,
    ...(sha256 !== undefined && { final: { generation: state.generation, sha256 } }),
  }
  const attempts = sha256 === undefined ? state.attempts : withAttempt(state, sha256)
  await changePublication(trx, state, { part, attempts })
  return {
    kind: 'publish',
    imageId: state.imageId,
    imageUid: state.uid,
    epoch: state.epoch,
    generation: state.generation,
    records,
    document,
    primaryVersionId: state.primaryVersionId,
    primaryElsewhere: state.primaryElsewhere,
    bases: [...(state.baseDigest === null ? [] : [state.baseDigest]), ...attempts],
    allowAbsent: state.baseDigest === null,
    volume: { volumeId: state.volumeId, address: state.address },
  }
}

/** A worker may have an attempt carried out, and its answer be lost. */
function withAttempt({ attempts, baseDigest }: PublicationState, sha256: string): string[] {
  if (sha256 === baseDigest || attempts.includes(sha256)) return attempts
  return [...attempts, sha256].slice(-mostAttempts)
}

/** As many records as go into one part, at least one if there is one. */
function nextRecords(state: PublicationState) {
  const records: PublishedRecord[] = []
  let { sentGeneration, sentVersionId, sentChangeId } = state
  let bytes = 0
  const fits = (record: PublishedRecord): boolean => {
    if (records.length > 0 && bytes + record.bytes.length > mostBytes) return false
    bytes += record.bytes.length
    records.push(record)
    return true
  }
  let isLast = !state.hasMore
  for (const version of state.versions) {
    const { versionId, generation } = version
    if (!fits({ versionId, bytes: versionRecordOf(state, version) })) {
      isLast = false
      break
    }
    sentGeneration = generation
    sentVersionId = versionId
  }
  for (const change of state.changes) {
    if (!fits({ changeId: change.recordId, bytes: changeRecordOf(state, change) })) {
      isLast = false
      break
    }
    sentChangeId = change.changeId
  }
  return { records, isLast, sent: { sentGeneration, sentVersionId, sentChangeId } }
}
