import {
  decideVerdict,
  runDeepChecks,
  runQuickChecks,
  thoroughLimits,
  type Decision,
} from '../../src/index.js'
import { ntfs, schemaOf, winpe, type Bench } from '../make-version.js'

export const wimPath = 'hd0/part1.winpe.wim'

export interface Judgement {
  readonly decision: Decision
  /** The findings that led to it. */
  readonly reasons: string
  readonly localPath: string
}

/** Seals a version of one WIM in thought, and validates it as a worker does. */
export async function judgeWim(bench: Bench, bytes: Uint8Array): Promise<Judgement> {
  const subject = await bench.version(schemaOf(ntfs), winpe, { [wimPath]: bytes })
  const { signal } = new AbortController()
  const quick = await runQuickChecks(subject, thoroughLimits)
  const findings = [...quick, ...(await runDeepChecks(subject, { signal, quick }))]
  const reasons = findings
    .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'ERROR')
    .map(({ check, verdict, message, found }) => `${check} ${verdict}: ${message} [${found}]`)
    .join('\n')
  return { decision: decideVerdict(subject, findings), reasons, localPath: subject.files[0]?.localPath ?? '' }
}
