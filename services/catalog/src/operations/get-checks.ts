import type { Verdict } from '@goldkeep/domain'
import { sql, type Kysely } from 'kysely'
import { listFindings, type KeptFinding } from '../db/findings-queries.js'
import type { DB } from '../db/tables.js'
import { getVersion } from '../db/versions-queries.js'

export interface ChecksView {
  readonly verdict: Verdict
  readonly findings: readonly KeptFinding[]
  /** Of a validation that has not ended: `waiting`, `running`, `retrying`, `given up`; else empty. */
  readonly progress: string
  /** Why the last try came to nothing; empty when there was none. */
  readonly fault: string
}

/** What the checks found, and how far a validation that is under way has come. @throws DomainError VERSION_NOT_FOUND */
export async function getChecks(db: Kysely<DB>, versionId: string): Promise<ChecksView> {
  const { verdict } = await getVersion(db, versionId)
  const findings = await listFindings(db, versionId)
  if (verdict !== 'PENDING') return { verdict, findings, progress: '', fault: '' }
  return { verdict, findings, ...(await readProgress(db, versionId)) }
}

async function readProgress(
  db: Kysely<DB>,
  versionId: string,
): Promise<Pick<ChecksView, 'progress' | 'fault'>> {
  const job = await db
    .selectFrom('jobs')
    .select([
      'state',
      'attempts',
      'lastError',
      sql<boolean>`coalesce(claim_expires_at > now(), false)`.as('isClaimed'),
    ])
    .where('kind', '=', 'validate')
    .where('subjectId', '=', versionId)
    .where('state', '<>', 'done')
    .orderBy('updatedAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!job) return { progress: '', fault: '' }
  return { progress: describeProgress(job), fault: job.lastError }
}

function describeProgress(job: {
  readonly state: string
  readonly isClaimed: boolean
  readonly attempts: number
}) {
  if (job.state === 'failed') return 'given up'
  if (job.isClaimed) return 'running'
  return job.attempts === 0 ? 'waiting' : 'retrying'
}
