import { DomainError, type Lifecycle, type Presence, type Verdict } from '@goldkeep/domain'
import { sql, type Kysely, type Transaction } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { shownPresence } from './locations-queries.js'
import type { DB, VersionRow } from './tables.js'

export interface LocationView {
  readonly volumeId: string
  readonly presence: Presence
  readonly lastChecked: Date
  readonly found: string
}

/** A version with its image, its locations, and whether it is primary. The bytes stay in the database. */
export interface VersionView extends Omit<VersionRow, 'manifest' | 'schema'> {
  readonly imageId: string
  readonly isPrimary: boolean
  /** Findings with the verdict WARN. */
  readonly warningCount: number
  readonly locations: readonly LocationView[]
}

const columns = [
  'versionId',
  'ordinal',
  'imageUid',
  'number',
  'lifecycle',
  'verdict',
  'verdictAt',
  'opSeq',
  'pendingCommand',
  'pendingOpSeq',
  'pendingOutcome',
  'pendingSince',
  'pendingBy',
  'pendingReason',
  'note',
  'labels',
  'mark',
  'markReason',
  'protected',
  'holdUntil',
  'manifestDigest',
  'sizeBytes',
  'fileCount',
  'capture',
  'source',
  'agent',
  'adopted',
  'testOutcome',
  'createdBy',
  'createdAt',
  'sealedAt',
  'generation',
  'revision',
] as const

/** The versions and what people see of them; the one place that decides its columns. */
export const selectVersions = (db: Kysely<DB>) =>
  db
    .selectFrom('versions')
    .innerJoin('images', 'images.uid', 'versions.imageUid')
    .select(columns.map((column) => `versions.${column}` as const))
    .select('images.imageId')
    .select(
      sql<number>`(select count(*)::int from findings
        where findings.version_id = versions.version_id and findings.verdict = 'WARN')`.as('warningCount'),
    )
    .select(sql<boolean>`images.primary_version_id is not distinct from versions.version_id`.as('isPrimary'))
    .select((from) =>
      jsonArrayFrom(
        from
          .selectFrom('locations')
          .select(['locations.volumeId', shownPresence.as('presence')])
          .select(['locations.lastChecked', 'locations.found'])
          .whereRef('locations.versionId', '=', 'versions.versionId')
          .orderBy('locations.volumeId'),
      ).as('rawLocations'),
    )

type RawVersion = Awaited<ReturnType<ReturnType<typeof selectVersions>['executeTakeFirstOrThrow']>>

/** JSON made by the database has its own names and times as text. */
export function toVersionView({ rawLocations, ...row }: RawVersion): VersionView {
  const locations = (rawLocations as unknown as Record<string, string>[]).map((location) => ({
    volumeId: location['volumeId'] ?? location['volume_id'] ?? '',
    presence: location['presence'] as Presence,
    lastChecked: new Date(location['lastChecked'] ?? location['last_checked'] ?? 0),
    found: location['found'] ?? '',
  }))
  return { ...row, locations }
}

/** @param imageId of the image in which it was looked for */
export const versionNotFound = (versionId: string, imageId?: string): DomainError =>
  new DomainError(
    'VERSION_NOT_FOUND',
    notFound(imageId === undefined ? versionId : `${versionId} of image ${imageId}`),
    { version_id: versionId, ...(imageId !== undefined && { image_id: imageId }) },
  )

/** @param reference what a person wrote: an id, its beginning, `win11-lab@13` */
export const referenceNotFound = (reference: string): DomainError =>
  new DomainError('VERSION_NOT_FOUND', notFound(reference), { reference })

const notFound = (named: string): string => `version ${named}: not found`

/** @throws DomainError VERSION_NOT_FOUND */
export async function getVersion(db: Kysely<DB>, versionId: string): Promise<VersionView> {
  const row = await selectVersions(db).where('versions.versionId', '=', versionId).executeTakeFirst()
  if (!row) throw versionNotFound(versionId)
  return toVersionView(row)
}

/** The version's row, locked. Take the image's lock first where both are needed. */
export async function lockVersion(trx: Transaction<DB>, versionId: string): Promise<VersionRow> {
  const row = await trx
    .selectFrom('versions')
    .selectAll()
    .where('versionId', '=', versionId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw versionNotFound(versionId)
  return row
}

/** Of whose image a version is; for taking the image's lock before the version's. */
export async function imageUidOfVersion(db: Kysely<DB>, versionId: string): Promise<string> {
  const row = await db
    .selectFrom('versions')
    .select('imageUid')
    .where('versionId', '=', versionId)
    .executeTakeFirst()
  if (!row) throw versionNotFound(versionId)
  return row.imageUid
}

/** The manifest as it is on disk and the schema, byte for byte. */
export async function getVersionBytes(
  db: Kysely<DB>,
  versionId: string,
): Promise<{ manifest: Buffer | null; schema: Buffer }> {
  const row = await db
    .selectFrom('versions')
    .select(['manifest', 'schema'])
    .where('versionId', '=', versionId)
    .executeTakeFirst()
  if (!row) throw versionNotFound(versionId)
  return row
}

export interface VersionFilter {
  readonly imageUid?: string
  readonly lifecycles: readonly Lifecycle[]
  readonly verdicts: readonly Verdict[]
}

/** Newest first. */
export async function listVersions(
  db: Kysely<DB>,
  filter: VersionFilter,
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<VersionView[]> {
  const rows = await selectVersions(db)
    .$if(filter.imageUid !== undefined, (query) =>
      query.where('versions.imageUid', '=', filter.imageUid as string),
    )
    .$if(filter.lifecycles.length > 0, (query) =>
      query.where('versions.lifecycle', 'in', [...filter.lifecycles]),
    )
    .$if(filter.verdicts.length > 0, (query) => query.where('versions.verdict', 'in', [...filter.verdicts]))
    .$if(page.before !== undefined, (query) => query.where('versions.ordinal', '<', page.before as number))
    .orderBy('versions.ordinal', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(toVersionView)
}
