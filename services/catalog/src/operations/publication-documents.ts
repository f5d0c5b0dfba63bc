import { parseHouseId, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { formatChangeRecord, formatImageDocument, formatMajor, formatVersionRecord } from '@goldkeep/volume'
import type { AddedChange, ChangedVersion, PublicationState } from '../db/read-publication.js'

/** RFC 3339 in UTC, whatever PostgreSQL's zone is. */
const utc = (time: string | null): string | null => time && new Date(time).toISOString()

const headOf = (state: PublicationState) => ({
  format: formatMajor as typeof formatMajor,
  house: parseHouseId(state.houseId),
  image: parseImageId(state.imageId),
  uid: parseUid(state.uid),
  epoch: state.epoch,
})

/**
 * image.json as of the image's generation: the same bytes for the same state, and others for every other one,
 * also where only a record beside it differs.
 */
export function imageDocumentOf(state: PublicationState): Uint8Array {
  return formatImageDocument({
    ...headOf(state),
    generation: state.generation,
    generation_id: state.generationId,
    description: state.description,
    labels: state.labels,
    enabled: state.enabled,
    environment: state.environment,
    type: state.type,
    visible: state.visible,
    legacy_name: state.legacyName,
    policy: state.policy,
    retention: state.retention,
    next_number: state.nextNumber,
    created_at: state.createdAt.toISOString(),
    deleted_at: state.deletedAt?.toISOString() ?? null,
    profiles: state.profiles.map(({ uid, profileId, name, settings, deletedAt }) => ({
      ...{ uid, profile: profileId, name, settings },
      deleted_at: utc(deletedAt),
    })),
    primary: state.primaryVersionId === null ? null : parseVersionId(state.primaryVersionId),
  })
}

export function versionRecordOf(state: PublicationState, version: ChangedVersion): Uint8Array {
  return formatVersionRecord({
    ...headOf(state),
    version: parseVersionId(version.versionId),
    generation: version.generation,
    number: version.number,
    lifecycle: version.lifecycle,
    manifest_sha256: version.manifestDigest,
    sealed_at: utc(version.sealedAt),
    note: version.note,
    labels: version.labels,
    mark: version.mark,
    mark_reason: version.markReason,
    protected: version.protected,
    hold_until: utc(version.holdUntil),
    verdict: version.verdict,
    verdict_at: utc(version.verdictAt),
    adopted: version.adopted,
    outcome: version.testOutcome,
  })
}

export function changeRecordOf(state: PublicationState, change: AddedChange): Uint8Array {
  return formatChangeRecord({
    ...headOf(state),
    change: change.recordId,
    sequence: change.changeId,
    kind: change.kind,
    from: change.fromVersionId === null ? null : parseVersionId(change.fromVersionId),
    to: change.toVersionId === null ? null : parseVersionId(change.toVersionId),
    actor: { kind: change.actor.kind, name: change.actor.name },
    reason: change.reason,
    forced: change.forced,
    changed_at: new Date(change.changedAt).toISOString(),
  })
}
