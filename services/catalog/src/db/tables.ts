import type { Insertable, Selectable } from 'kysely'
import type { HouseTable, SigningKeysTable, TokensTable, VolumesTable } from './tables/house-tables.js'
import type {
  ImagesTable,
  ProfilesTable,
  PrimaryChangesTable,
  PublicationsTable,
  ForeignImagesTable,
} from './tables/image-tables.js'
import type { VersionsTable, LocationsTable, FindingsTable } from './tables/version-tables.js'
import type { UploadsTable, UploadFilesTable } from './tables/upload-tables.js'
import type { DeploymentReadsTable, DeploymentsTable } from './tables/deployment-tables.js'
import type { JobsTable, OutboxTable, RequestIdsTable, WorkersTable } from './tables/job-tables.js'
import type { ChangeLogTable, AuditTable } from './tables/record-tables.js'

export { jobKinds, type JobKind } from './tables/job-tables.js'
export type { DeploymentState, FrozenOrders } from './tables/deployment-tables.js'
export type { PrimaryChangeKind } from './tables/image-tables.js'
export type { UploadFileState } from './tables/upload-tables.js'
export type { Labels } from './tables/columns.js'

export interface DB {
  house: HouseTable
  signingKeys: SigningKeysTable
  tokens: TokensTable
  volumes: VolumesTable
  images: ImagesTable
  profiles: ProfilesTable
  versions: VersionsTable
  locations: LocationsTable
  findings: FindingsTable
  primaryChanges: PrimaryChangesTable
  publications: PublicationsTable
  foreignImages: ForeignImagesTable
  uploads: UploadsTable
  uploadFiles: UploadFilesTable
  deployments: DeploymentsTable
  deploymentReads: DeploymentReadsTable
  jobs: JobsTable
  workers: WorkersTable
  outbox: OutboxTable
  requestIds: RequestIdsTable
  changeLog: ChangeLogTable
  audit: AuditTable
}

export type ImageRow = Selectable<ImagesTable>
export type NewVersion = Insertable<VersionsTable>
export type VersionRow = Selectable<VersionsTable>
export type VolumeRow = Selectable<VolumesTable>
export type JobRow = Selectable<JobsTable>
export type TokenRow = Selectable<TokensTable>
export type DeploymentRow = Selectable<DeploymentsTable>
export type UploadFileRow = Selectable<UploadFilesTable>
