import type { Lifecycle, Mark, Verdict } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import type { PublicationKey, PublicationRow } from './publications-queries.js'
import type { DB, ImageRow } from './tables.js'

/** Records of each kind that are read for one part. */
const mostRecords = 200

/** Times are as PostgreSQL's JSON has them. */
export interface ChangedVersion {
  readonly versionId: string
  readonly generation: number
  readonly number: number
  readonly lifecycle: Lifecycle
  readonly manifestDigest: string
  readonly sealedAt: string | null
  readonly note: string
  readonly labels: Readonly<Record<string, string>>
  readonly mark: Mark | null
  readonly markReason: string | null
  readonly protected: boolean
  readonly holdUntil: string | null
  readonly verdict: Verdict
  readonly verdictAt: string | null
  readonly adopted: boolean
  readonly testOutcome: string | null
}

export interface AddedChange {
  readonly changeId: number
  readonly recordId: string
  readonly kind: string
  readonly fromVersionId: string | null
  readonly toVersionId: string | null
  readonly actor: Actor
  readonly reason: string
  readonly forced: boolean
  readonly changedAt: string
}

export interface PublishedProfile {
  readonly uid: string
  readonly profileId: string
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly deletedAt: string | null
}

/** What is to be published of an image on one volume, as of one moment. */
export interface PublicationState extends ImageRow, Omit<PublicationRow, 'part'> {
  readonly houseId: string
  readonly epoch: number
  readonly address: string
  /** There is a primary, and this volume never had its bytes. */
  readonly primaryElsewhere: boolean
  readonly profiles: readonly PublishedProfile[]
  /** In the order in which they are sent, at most `mostRecords`. */
  readonly versions: readonly ChangedVersion[]
  readonly changes: readonly AddedChange[]
  readonly hasMore: boolean
}

/**
 * Reads all of it in one statement, and so in one snapshot: without the image's lock, which whoever changes
 * the image takes before the job's, no change comes between its parts.
 */
export async function readPublication(
  trx: Transaction<DB>,
  { imageUid, volumeId }: PublicationKey,
): Promise<PublicationState | undefined> {
  const { rows } = await sql<Omit<PublicationState, 'hasMore'>>`
    select images.*, publications.*, volumes.address, house.house_id, house.epoch,
      images.primary_version_id is not null and not exists (
        select from locations l
        where l.version_id = images.primary_version_id and l.volume_id = publications.volume_id
      ) as primary_elsewhere,
      coalesce((
        select json_agg(json_build_object('uid', p.uid, 'profileId', p.profile_id, 'name', p.name,
          'settings', p.settings, 'deletedAt', p.deleted_at) order by p.uid)
        from profiles p where p.image_uid = images.uid), '[]') as profiles,
      coalesce((
        select json_agg(json_build_object('versionId', v.version_id, 'generation', v.generation,
          'number', v.number, 'lifecycle', v.lifecycle, 'manifestDigest', v.manifest_digest,
          'sealedAt', v.sealed_at, 'note', v.note, 'labels', v.labels, 'mark', v.mark,
          'markReason', v.mark_reason, 'protected', v.protected, 'holdUntil', v.hold_until,
          'verdict', v.verdict, 'verdictAt', v.verdict_at, 'adopted', v.adopted,
          'testOutcome', v.test_outcome) order by v.generation, v.version_id)
        from (
          select * from versions
          where image_uid = images.uid and manifest_digest is not null
            and (generation, version_id) > (publications.sent_generation, publications.sent_version_id)
          order by generation, version_id limit ${mostRecords + 1}) v), '[]') as versions,
      coalesce((
        select json_agg(json_build_object('changeId', c.change_id, 'recordId', c.record_id,
          'kind', c.kind, 'fromVersionId', c.from_version_id, 'toVersionId', c.to_version_id,
          'actor', c.actor, 'reason', c.reason, 'forced', c.forced, 'changedAt', c.changed_at)
          order by c.change_id)
        from (
          select * from primary_changes
          where image_uid = images.uid and change_id > publications.sent_change_id
          order by change_id limit ${mostRecords + 1}) c), '[]') as changes
    from publications
      join images on images.uid = publications.image_uid
      join volumes on volumes.volume_id = publications.volume_id
      cross join house
    where publications.image_uid = ${imageUid} and publications.volume_id = ${volumeId}`.execute(trx)
  const [state] = rows
  if (!state) return undefined
  const { versions, changes } = state
  return {
    ...state,
    versions: versions.slice(0, mostRecords),
    changes: changes.slice(0, mostRecords),
    hasMore: versions.length > mostRecords || changes.length > mostRecords,
  }
}
