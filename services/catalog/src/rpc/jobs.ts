import { catalog } from '@goldkeep/contracts'
import type { Kysely } from 'kysely'
import { listJobs, type JobView } from '../db/list-jobs.js'
import type { DB } from '../db/tables.js'
import type { KnownCaller } from './door.js'
import { decodePageToken, readPage } from './page.js'

/** The Jobs service. */
export function jobsService(db: Kysely<DB>): catalog.JobsServiceImplementation<KnownCaller> {
  return {
    list: async ({ includeDone, pageSize, pageToken }) => {
      const read = (limit: number, after: string | undefined) => listJobs(db, includeDone, { limit, after })
      const page = await readPage(pageSize, decodePageToken(pageToken), {
        read,
        keyOf: (job) => `${job.isDone ? 1 : 0}.${job.ordinal}`,
        encode: encodeJob,
        codec: catalog.Job,
      })
      return { jobs: page.items, nextPageToken: page.nextPageToken }
    },
  }
}

const encodeJob = (job: JobView): catalog.Job => ({
  jobId: job.jobId,
  kind: job.kind,
  subjectId: job.imageId ?? job.subjectId,
  state: job.isClaimed ? 'claimed' : job.state,
  attempts: job.attempts,
  workerId: job.workerId,
  lastError: job.lastError,
  createTime: job.createdAt,
  updateTime: job.updatedAt,
})
