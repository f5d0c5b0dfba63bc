import { captureToProto, catalog, lifecycleWords, sha256ToProto } from '@goldkeep/contracts'
import type { ClaimOutcome } from '../operations/claim-job.js'
import type { PublishedRecord } from '../operations/derive-publish.js'
import type { Work } from '../operations/derive-work.js'

const refusals = {
  DONE: catalog.ClaimRefusal.CLAIM_REFUSAL_DONE,
  HELD: catalog.ClaimRefusal.CLAIM_REFUSAL_HELD,
  INCAPABLE: catalog.ClaimRefusal.CLAIM_REFUSAL_INCAPABLE,
  SILENT_VOLUME: catalog.ClaimRefusal.CLAIM_REFUSAL_SILENT_VOLUME,
} as const

export function encodeClaim(outcome: ClaimOutcome): catalog.ClaimJobResponse {
  if ('refusal' in outcome) return { outcome: { $case: 'refusal', value: refusals[outcome.refusal] } }
  const { claimToken, leaseMs, work } = outcome
  const value = { claimToken, leaseSeconds: leaseSeconds(leaseMs), work: encodeWork(work) }
  return { outcome: { $case: 'claim', value } }
}

/** Whole seconds, at least 1. */
export const leaseSeconds = (leaseMs: number): bigint => BigInt(Math.max(1, Math.floor(leaseMs / 1000)))

function encodeWork(work: Work): catalog.Claim['work'] {
  switch (work.kind) {
    case 'validate':
      return {
        $case: 'validate',
        value: {
          versionId: work.versionId,
          imageId: work.imageId,
          volumeId: work.volumeId,
          capture: captureToProto(work.capture),
          manifestDigest: sha256ToProto(work.manifestDigest),
        },
      }
    case 'publish':
      return {
        $case: 'publish',
        value: {
          imageId: work.imageId,
          imageUid: work.imageUid,
          epoch: BigInt(work.epoch),
          generation: BigInt(work.generation),
          document: work.document ?? new Uint8Array(),
          primaryVersionId: work.primaryVersionId ?? '',
          primaryElsewhere: work.primaryElsewhere,
          volume: work.volume,
          records: work.records.map(encodeRecord),
          bases: work.bases.map(sha256ToProto),
          allowAbsent: work.allowAbsent,
        },
      }
    case 'end-upload':
      return {
        $case: 'endUpload',
        value: {
          versionId: work.versionId,
          outcome: lifecycleWords.toProto(work.outcome),
          epoch: BigInt(work.epoch),
          opSeq: BigInt(work.opSeq),
          volume: work.volume,
          idleSeconds: BigInt(Math.floor(work.idleMs / 1000)),
        },
      }
  }
}

function encodeRecord(record: PublishedRecord): catalog.PublishedRecord {
  if ('versionId' in record)
    return { subject: { $case: 'versionId', value: record.versionId }, document: record.bytes }
  return { subject: { $case: 'changeId', value: record.changeId }, document: record.bytes }
}
