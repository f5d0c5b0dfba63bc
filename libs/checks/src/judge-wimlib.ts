import type { Finding } from '@goldkeep/domain'
import type { ChildLimits } from './child-limits.js'
import { bytesText, finding } from './finding.js'
import { judgeWarnings } from './judge-warnings.js'
import type { WimlibRun } from './wimlib.js'
import { isDoubtful, wimlibCodes } from './wimlib-codes.js'

const check = 'wim-content'
const expected = 'wimlib-imagex verify ends with 0'

/** What a program does to itself over bytes that it did not expect; SIGKILL comes from others. */
const causedByInput: ReadonlySet<string> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGXCPU',
  'SIGXFSZ',
])

/** Whether the run ended in a way that the file or the machine may be to blame for. */
export const isInDoubt = (run: WimlibRun): boolean =>
  run.outcome === 'exited' ? isDoubtful(run.code) : run.signal !== undefined && causedByInput.has(run.signal)

export const describeRun = (run: WimlibRun): string =>
  run.outcome === 'exited' ? `exit code ${run.code}: ${run.lastWords}`.replace(/: $/, '') : run.lastWords

/** The finding of a run of `verify` that leaves no doubt. */
export function judgeRun(path: string, run: WimlibRun): Finding {
  const details = { path, expected, found: describeRun(run) }
  if (run.outcome !== 'exited')
    return finding(check, 'ERROR', 'wimlib-imagex did not come to an end.', details)
  if (run.code === 0) return judgeWarnings(path, run.warnings)
  if (run.code === wimlibCodes.resourceNotFound)
    return finding(
      check,
      'FAIL',
      `${path} lacks content that its files refer to: it is a delta and needs another WIM, or its blob table is damaged.`,
      details,
    )
  return finding(check, 'FAIL', `The content of ${path} is damaged.`, details)
}

/** The finding when the machine was found able, so that the file is to blame. */
export function blameFile(path: string, run: WimlibRun, limits: ChildLimits | undefined): Finding {
  const why = needsMemory(run)
    ? `${path} needs more memory than the ${bytesText(limits?.memoryBytes ?? 0)} that wimlib-imagex may reserve here, or it is damaged`
    : `${path} is damaged or hostile`
  const message = `${why}: wimlib-imagex fails with it twice, though the file can be read and another WIM is verified here.`
  return finding(check, 'FAIL', message, { path, expected, found: describeRun(run) })
}

const needsMemory = (run: WimlibRun): boolean => run.outcome === 'exited' && run.code === wimlibCodes.noMemory

/** The finding when wimlib-imagex fails with a sound file too. */
export const blameMachine = (path: string, run: WimlibRun, control: WimlibRun): Finding =>
  finding(check, 'ERROR', 'wimlib-imagex fails here with a sound WIM too.', {
    path,
    expected,
    found: `${describeRun(run)}; with the sound one ${describeRun(control)}`,
  })
