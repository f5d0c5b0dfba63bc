import type { Verdict } from '@goldkeep/domain'
import { sql, type Kysely } from 'kysely'
import { listFindings, type KeptFinding } from '../db/findings-queries.js'
import type { DB } from '../db/tables.js'
import { getVersion } from '../db/versions-queries.js'

export interface ChecksView {
  readonly verdict: Verdict
  readonly findings: readonly KeptFinding[]
  /** Of a validation under way: `waiting`, `running`, `retrying`; else empty. */
  readonly progress: string
}

/** What the checks found, and how far a validation that is under way has come. @throws DomainError VERSION_NOT_FOUND */
export async function getChecks(db: Kysely<DB>, versionId: string): Promise<ChecksView> {
  const { verdict } = await getVersion(db, versionId)
  return { verdict, findings: await listFindings(db, versionId), progress: await readProgress(db, versionId) }
}

async function readProgress(db: Kysely<DB>, versionId: string): Promise<string> {
  const job = await db
    .selectFrom('jobs')
    .select(['attempts', sql<boolean>`coalesce(claim_expires_at > now(), false)`.as('isClaimed')])
    .where('kind', '=', 'validate')
    .where('subjectId', '=', versionId)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (!job) return ''
  if (job.isClaimed) return 'running'
  return job.attempts === 0 ? 'waiting' : 'retrying'
}
