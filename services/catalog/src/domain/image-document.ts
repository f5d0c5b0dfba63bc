import type { Lifecycle, Mark, Verdict } from '@goldkeep/domain'
import type { Actor } from './actor.js'

export interface DocumentImage {
  readonly imageId: string
  readonly uid: string
  readonly generation: number
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly enabled: boolean
  readonly environment: string
  readonly type: string
  readonly visible: boolean
  readonly legacyName: string | null
  readonly policy: Readonly<Record<string, unknown>>
  readonly retention: Readonly<Record<string, unknown>> | null
  readonly nextNumber: number
  readonly createdAt: Date
  readonly deletedAt: Date | null
  readonly primaryVersionId: string | null
}

export interface DocumentVersion {
  readonly versionId: string
  readonly number: number
  readonly lifecycle: Lifecycle
  readonly note: string
  readonly labels: Readonly<Record<string, string>>
  readonly mark: Mark | null
  readonly markReason: string | null
  readonly protected: boolean
  readonly holdUntil: Date | null
  readonly verdict: Verdict
  readonly verdictAt: Date | null
  readonly adopted: boolean
  readonly testOutcome: string | null
  readonly manifestDigest: string | null
  readonly sealedAt: Date | null
}

export interface DocumentChange {
  readonly kind: string
  readonly fromVersionId: string | null
  readonly toVersionId: string | null
  readonly actor: Actor
  readonly reason: string
  readonly forced: boolean
  readonly changedAt: Date
}

export interface DocumentProfile {
  readonly uid: string
  readonly profileId: string
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly deletedAt: Date | null
}

export interface ImageDocumentParts {
  readonly house: { readonly houseId: string; readonly epoch: number }
  readonly image: DocumentImage
  readonly versions: readonly DocumentVersion[]
  readonly history: readonly DocumentChange[]
  readonly profiles: readonly DocumentProfile[]
}

/** image.json: all that a rebuild must know of an image (format 1). Every time is RFC 3339. */
export function formatImageDocument({
  house,
  image,
  versions,
  history,
  profiles,
}: ImageDocumentParts): Buffer {
  const document = {
    format: 1,
    house: house.houseId,
    image: image.imageId,
    uid: image.uid,
    epoch: house.epoch,
    generation: image.generation,
    description: image.description,
    labels: image.labels,
    enabled: image.enabled,
    environment: image.environment,
    type: image.type,
    visible: image.visible,
    legacy_name: image.legacyName,
    policy: image.policy,
    retention: image.retention,
    next_number: image.nextNumber,
    created_at: image.createdAt,
    deleted_at: image.deletedAt,
    profiles: profiles.map(profileEntry),
    primary: image.primaryVersionId,
    primary_history: history.map(changeEntry),
    versions: versions.map(versionEntry),
  }
  return Buffer.from(formatLines(document))
}

/**
 * One line for each field and for each entry of a list: people can read it, and ten thousand versions
 * still fit into one message.
 */
function formatLines(document: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(document).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${formatValue(value)}`,
  )
  return `{\n${fields.join(',\n')}\n}\n`
}

function formatValue(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value)
  return `[\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`
}

const profileEntry = (profile: DocumentProfile) => ({
  uid: profile.uid,
  profile: profile.profileId,
  name: profile.name,
  settings: profile.settings,
  deleted_at: profile.deletedAt,
})

const changeEntry = (change: DocumentChange) => ({
  kind: change.kind,
  from: change.fromVersionId,
  to: change.toVersionId,
  actor: { kind: change.actor.kind, name: change.actor.name },
  reason: change.reason,
  forced: change.forced,
  changed_at: change.changedAt,
})

const versionEntry = (version: DocumentVersion) => ({
  version: version.versionId,
  number: version.number,
  lifecycle: version.lifecycle,
  manifest_sha256: version.manifestDigest,
  sealed_at: version.sealedAt,
  note: version.note,
  labels: version.labels,
  mark: version.mark,
  mark_reason: version.markReason ?? undefined,
  protected: version.protected,
  hold_until: version.holdUntil ?? undefined,
  verdict: version.verdict,
  verdict_at: version.verdictAt ?? undefined,
  adopted: version.adopted,
  outcome: version.testOutcome ?? undefined,
})
