import { join } from 'node:path'
import type { CheckName, Finding, FindingVerdict } from '@goldkeep/domain'
import {
  combineFindings,
  decideVerdict,
  detectKind,
  runDeepChecks,
  runQuickChecks,
  sealLimits,
  thoroughLimits,
  type CheckSubject,
  type Decision,
} from '../../src/index.js'
import type { Bench } from '../make-version.js'
import { askWimlib } from '../mutants/ask-wimlib.js'
import type { Captures } from './captures.js'
import type { Gives, Row } from './row.js'

/** What storage tells at the seal, what a worker finds afterwards, and what wimlib itself says. */
export interface Judged {
  readonly state: Decision
  readonly gives: Gives
  readonly told: Row['told']
  /** The messages of the gravest findings. */
  readonly gravest: string
  /** Absent where there is no WIM. */
  readonly wimlib: Row['wimlib']
}

/** Examines a version as storage does at its seal, and then as a worker does; the state is the catalog's. */
export async function judgeRow(bench: Bench, captures: Captures, row: Row): Promise<Judged> {
  const subject = await bench.version(row.of.schema, row.of.capture, await row.files(captures))
  const atSeal = await runQuickChecks(subject, sealLimits)
  const quick = await runQuickChecks(subject, thoroughLimits)
  const { signal } = new AbortController()
  const findings = combineFindings(quick, await runDeepChecks(subject, { signal, quick }))
  const files = await filesWithKinds(subject)
  return {
    state: decideVerdict(files, findings),
    gives: verdictsByCheck(findings),
    told: whoTold(atSeal, findings),
    gravest: gravestMessages(findings),
    wimlib: await askOfEach(bench, subject, files),
  }
}

interface FileWithKind {
  readonly path: string
  readonly kind: string
  readonly localPath: string
}

/** As storage writes them into the manifest. */
const filesWithKinds = ({ files }: CheckSubject): Promise<FileWithKind[]> =>
  Promise.all(
    files.map(async ({ path, localPath = '', open }) => {
      const file = await open()
      const kind = await detectKind(file, path)
      await file.close()
      return { path, kind, localPath }
    }),
  )

const gravity: readonly FindingVerdict[] = ['FAIL', 'ERROR', 'WARN', 'SKIP', 'PASS']

function verdictsByCheck(findings: readonly Finding[]): Gives {
  const gives: Gives = {}
  for (const check of new Set(findings.map((finding) => finding.check))) {
    const verdicts = verdictsOf(check, findings)
    if (verdicts !== 'PASS') gives[check] = verdicts
  }
  return gives
}

function verdictsOf(check: CheckName, findings: readonly Finding[]): string {
  const found = findings.filter((finding) => finding.check === check).map(({ verdict }) => verdict)
  return gravity.filter((verdict) => found.includes(verdict)).join(' ')
}

const hasFail = (findings: readonly Finding[]): boolean => findings.some(({ verdict }) => verdict === 'FAIL')

function whoTold(atSeal: readonly Finding[], findings: readonly Finding[]): Row['told'] {
  if (hasFail(atSeal)) return 'at the seal'
  return hasFail(findings) ? 'by the worker' : undefined
}

function gravestMessages(findings: readonly Finding[]): string {
  const worst = gravity.find((verdict) => findings.some((finding) => finding.verdict === verdict))
  const told = findings.filter(({ verdict }) => verdict === worst)
  return told.map(({ message, expected, found }) => `${message} [${expected}] [${found}]`).join('\n')
}

async function askOfEach(
  bench: Bench,
  { files: checked }: CheckSubject,
  files: readonly FileWithKind[],
): Promise<Row['wimlib']> {
  const parts = checked.filter(({ path }) => path.endsWith('.swm')).map(({ localPath = '' }) => localPath)
  const wims = files.filter(({ path, kind }) => path.endsWith('.wim') && kind.startsWith('wim'))
  if (wims.length === 0) return undefined
  for (const { localPath, kind } of wims) {
    const scratch = join(await bench.wimlib(async () => {}), 'applied')
    const others = kind === 'wim-split' ? parts : []
    const answers = await askWimlib(localPath, kind === 'wim-pipable', scratch, others)
    if (Object.values(answers).some((code) => code !== 0)) return 'refuses'
  }
  return 'takes'
}
