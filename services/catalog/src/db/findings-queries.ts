import type { CheckName, Finding } from '@goldkeep/domain'
import type { Kysely, Transaction } from 'kysely'
import type { DB } from './tables.js'

/** A finding, and when it was made. */
export interface KeptFinding {
  readonly finding: Finding
  readonly checkedAt: Date
}

/** PostgreSQL takes 65,535 parameters in one statement. */
const rowsAtOnce = 1_000

/** Puts findings in the place of the earlier ones of the same checks. */
export async function replaceFindings(
  trx: Transaction<DB>,
  versionId: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return
  const checks = [...new Set(findings.map((finding) => finding.check))]
  await trx
    .deleteFrom('findings')
    .where('versionId', '=', versionId)
    .where('checkName', 'in', checks)
    .execute()
  const rows = findings.map(({ check, ...finding }, position) => ({
    ...finding,
    versionId,
    checkName: check,
    position,
  }))
  for (let start = 0; start < rows.length; start += rowsAtOnce)
    await trx
      .insertInto('findings')
      .values(rows.slice(start, start + rowsAtOnce))
      .execute()
}

/** In the order in which the checks reported them. */
export async function listFindings(db: Kysely<DB>, versionId: string): Promise<KeptFinding[]> {
  const rows = await db
    .selectFrom('findings')
    .selectAll()
    .where('versionId', '=', versionId)
    .orderBy('checkedAt')
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    checkedAt: row.checkedAt,
    finding: {
      check: row.checkName as CheckName,
      verdict: row.verdict,
      message: row.message,
      ...(row.path && { path: row.path }),
      ...(row.expected && { expected: row.expected }),
      ...(row.found && { found: row.found }),
    },
  }))
}
