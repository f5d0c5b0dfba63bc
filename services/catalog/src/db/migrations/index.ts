import type { Migration } from 'kysely'
import * as house from './0001-house.js'
import * as imagesAndVersions from './0002-images-and-versions.js'
import * as uploads from './0003-uploads.js'
import * as deployments from './0004-deployments.js'
import * as jobs from './0005-jobs.js'
import * as records from './0006-records.js'

/** Every migration in order. Append only: one that has landed never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-house': house,
  '0002-images-and-versions': imagesAndVersions,
  '0003-uploads': uploads,
  '0004-deployments': deployments,
  '0005-jobs': jobs,
  '0006-records': records,
}
