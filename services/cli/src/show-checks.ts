import type { catalog } from '@goldkeep/contracts'
import { checksFailed } from './cli-error.js'
import type { Session } from './session.js'
import { findingTable, findingView } from './views/finding-view.js'
import { stateWithWarnings } from './views/version-view.js'
import { verdictWord } from './views/words.js'

/**
 * Shows the findings on a version, the worst first; `more` goes into the document as well.
 * @throws CliError CHECKS_FAILED when the verdict is INVALID
 */
export async function showChecks(
  session: Session,
  version: catalog.Version,
  more: object = {},
): Promise<void> {
  const { versions } = await session.catalog()
  const { versionId } = version
  const answer = await versions.getChecks({ versionId })
  const verdict = verdictWord(answer.verdict)
  const findings = answer.findings.map(findingView)
  const document = { ...more, versionId, verdict, progress: answer.progress || undefined, findings }
  const name = `${version.imageId}@${version.number}`
  session.show(document, (width) => {
    const progress = answer.progress ? `, checks are ${answer.progress}` : ''
    const warnings = findings.filter((finding) => finding.verdict === 'WARN').length
    return `${name} is ${stateWithWarnings({ state: verdict, warnings })}${progress}\n\n${findingTable(findings, width)}`
  })
  if (verdict !== 'INVALID') return
  const failed = findings.filter((finding) => finding.verdict === 'FAIL')
  const first = failed[0] ? `: ${[failed[0].path, failed[0].message].filter(Boolean).join(': ')}` : ''
  throw checksFailed(`${name} is INVALID${first}`, versionId)
}
