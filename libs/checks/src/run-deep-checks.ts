import type { Finding } from '@goldkeep/domain'
import { checkDigest, checkSchemaDigest } from './check-digests.js'
import { checkWimContent } from './check-wim-content.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import { isWimName } from './file-kinds.js'
import { withinBounds } from './finding.js'
import type { CheckSubject } from './subject.js'

/**
 * The checks that read every byte: digests, and the content of WIM files through wimlib-imagex. Rejects
 * with the signal's reason when aborted, never for what a file contains.
 */
export async function runDeepChecks(subject: CheckSubject, options: DeepCheckOptions): Promise<Finding[]> {
  const digests: Finding[] = checkSchemaDigest(subject)
  for (const file of subject.files) digests.push(await checkDigest(file, options))
  const contents: Finding[] = []
  for (const file of subject.files) {
    if (isWimName(file.path)) contents.push(await checkWimContent(file, options))
  }
  return [...withinBounds('digests', digests), ...withinBounds('wim-content', contents)]
}
