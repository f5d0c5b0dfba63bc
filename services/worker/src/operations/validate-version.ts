import { combineFindings, runDeepChecks, runQuickChecks, thoroughLimits } from '@goldkeep/checks'
import type { Finding } from '@goldkeep/domain'
import { readVersion } from './read-version.js'
import type { Validation, CheckLimits } from './validation.js'

/**
 * Makes every check of a version on the volume that is mounted here. Rejects with the signal's reason
 * when aborted; all else that goes wrong is a finding.
 */
export async function validateVersion(
  volume: string,
  validation: Validation,
  limits: CheckLimits,
  signal: AbortSignal,
): Promise<Finding[]> {
  const read = await readVersion(volume, validation)
  if ('finding' in read) return [read.finding]
  const quick = await runQuickChecks(read.subject, { ...thoroughLimits, emptyShare: limits.emptyShare })
  signal.throwIfAborted()
  return combineFindings(quick, await runDeepChecks(read.subject, { signal, quick, ...limits }))
}
