import type { Finding } from '@goldkeep/domain'
import { checkDigest, checkSchemaDigest } from './check-digests.js'
import { checkWimContent } from './check-wim-content.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import { isWimName } from './file-kinds.js'
import { withinBounds } from './finding.js'
import type { CheckedFile, CheckSubject } from './subject.js'
import { WimWalk } from './wim-walk.js'

/**
 * The checks that read every byte: digests, the stream of pipable WIM files in the same reading, and the content
 * of WIM files through wimlib-imagex. Rejects with the signal's reason when aborted, never for what a file
 * contains.
 */
export async function runDeepChecks(subject: CheckSubject, options: DeepCheckOptions): Promise<Finding[]> {
  const digests: Finding[] = checkSchemaDigest(subject)
  const contents: Finding[] = []
  const walks = new Map<CheckedFile, WimWalk>()
  for (const file of subject.files) {
    const walk = new WimWalk()
    const isWim = isWimName(file.path)
    digests.push(await checkDigest(file, options, isWim ? (open) => walk.start(open) : undefined))
    if (isWim) walks.set(file, walk)
  }
  for (const [file, walk] of walks) {
    const digest = digests.find(({ path }) => path === file.path)
    contents.push(await checkWimContent(file, subject.files, { digest, walk }, options))
  }
  return [...withinBounds('digests', digests), ...withinBounds('wim-content', contents)]
}
