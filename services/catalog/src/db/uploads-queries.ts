import { DomainError } from '@goldkeep/domain'
import type { Kysely } from 'kysely'
import { secondsUntil } from './clock.js'
import type { DB, UploadFileRow } from './tables.js'
import type { VersionView } from './versions-queries.js'
import { selectVersions, toVersionView } from './versions-queries.js'

/** An upload as last reported: its version, its volume and its files. */
export interface UploadView {
  readonly version: VersionView
  readonly volumeId: string
  readonly address: string
  readonly lastByteAt: Date | null
  readonly expiresAt: Date
  /** Seconds, by the database's clock. */
  readonly expiresIn: number
  readonly files: readonly UploadFileRow[]
}

const selectUploads = (db: Kysely<DB>) =>
  selectVersions(db)
    .innerJoin('uploads', 'uploads.versionId', 'versions.versionId')
    .innerJoin('volumes', 'volumes.volumeId', 'uploads.volumeId')
    .select(['uploads.volumeId', 'uploads.lastByteAt', 'uploads.expiresAt', 'volumes.address'])
    .select(secondsUntil('uploads.expires_at').as('expiresIn'))

type RawUpload = Awaited<ReturnType<ReturnType<typeof selectUploads>['executeTakeFirstOrThrow']>>

/** @throws DomainError UPLOAD_NOT_FOUND */
export async function getUpload(db: Kysely<DB>, versionId: string): Promise<UploadView> {
  const row = await selectUploads(db).where('versions.versionId', '=', versionId).executeTakeFirst()
  if (!row) throw uploadNotFound(versionId)
  const [upload] = await withFiles(db, [row])
  if (!upload) throw uploadNotFound(versionId)
  return upload
}

export const uploadNotFound = (versionId: string): DomainError =>
  new DomainError('UPLOAD_NOT_FOUND', `upload ${versionId}: not found`, { version_id: versionId })

/** Newest first. */
export async function listUploads(
  db: Kysely<DB>,
  filter: { readonly imageUid: string | undefined; readonly includeEnded: boolean },
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<UploadView[]> {
  const rows = await selectUploads(db)
    .$if(filter.imageUid !== undefined, (query) =>
      query.where('versions.imageUid', '=', filter.imageUid as string),
    )
    .$if(!filter.includeEnded, (query) => query.where('versions.lifecycle', '=', 'UPLOADING'))
    .$if(page.before !== undefined, (query) => query.where('versions.ordinal', '<', page.before as number))
    .orderBy('versions.ordinal', 'desc')
    .limit(page.limit)
    .execute()
  return withFiles(db, rows)
}

async function withFiles(db: Kysely<DB>, rows: readonly RawUpload[]): Promise<UploadView[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.versionId)
  const files = await db
    .selectFrom('uploadFiles')
    .selectAll()
    .where('versionId', 'in', ids)
    .orderBy('path')
    .execute()
  return rows.map(({ volumeId, address, lastByteAt, expiresAt, expiresIn, ...version }) => ({
    version: toVersionView(version),
    volumeId,
    address,
    lastByteAt,
    expiresAt,
    expiresIn,
    files: files.filter((file) => file.versionId === version.versionId),
  }))
}
