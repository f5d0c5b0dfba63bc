import type { Finding } from '@goldkeep/domain'
import { checkNames } from './check-wim-names.js'
import { withControlWim } from './control-wim.js'
import { defaultWimMemoryBytes, type DeepCheckOptions } from './deep-check-options.js'
import { detectKind } from './file-kinds.js'
import { finding } from './finding.js'
import { blameFile, blameMachine, isInDoubt, judgeRun } from './judge-wimlib.js'
import { lookInto } from './look-into.js'
import { otherParts } from './split-set.js'
import type { CheckedFile } from './subject.js'
import { runWimlib, type WimlibOptions, type WimlibRun } from './wimlib.js'
import type { WimWalk } from './wim-walk.js'

const check = 'wim-content'
const defaultTimeoutMs = 4 * 60 * 60 * 1000
/** Of original content; the slowest compression is read at five times this rate on slow machines. */
const slowestBytesPerSecond = 8 * 1024 * 1024
const leastCpuSeconds = 120

/** What the reading of the whole file found before. */
export interface WimReading {
  readonly digest: Finding | undefined
  readonly walk: WimWalk
}

/**
 * Whether everything in a WIM can be decompressed and has the hash that the WIM itself keeps, and whether a
 * pipe reads the same. wimlib-imagex runs under limits, and only with a file that nothing else is wrong with.
 */
export async function checkWimContent(
  file: CheckedFile,
  files: readonly CheckedFile[],
  { digest, walk }: WimReading,
  options: DeepCheckOptions,
): Promise<Finding> {
  const { path } = file
  const result = await lookInto(check, file, async (open) => {
    const kind = await detectKind(open, path)
    if (!kind.startsWith('wim'))
      return finding(check, 'SKIP', 'Not a WIM, so its content is not looked at.', { path, found: kind })
    const failed = [...(options.quick ?? []), ...(digest ? [digest] : [])].find(
      (found) => found.path === path && found.verdict === 'FAIL',
    )
    if (failed) return finding(check, 'SKIP', `Not looked at, since ${failed.check} failed.`, { path })
    const fault = walk.fault()
    if (fault) return finding(check, 'FAIL', fault.message, { path, ...fault })
    if (file.localPath === undefined)
      return finding(check, 'ERROR', 'The file is not where wimlib-imagex could read it.', { path })
    options.onProgress?.({ check, path, bytes: 0 })
    const limited = wimlibOptions(walk, options)
    const parts = (walk.examination?.header.totalParts ?? 1) > 1 ? otherParts(path, files) : []
    const verified = await verify(path, parameters(file.localPath, parts), limited)
    return verified.verdict === 'PASS' ? checkNames(verified, file.localPath, limited) : verified
  })
  options.signal.throwIfAborted()
  return result
}

function parameters(localPath: string, parts: readonly CheckedFile[]): string[] {
  const others = parts.flatMap((part) => part.localPath ?? [])
  return ['verify', localPath, ...others.map((part) => `--ref=${part.replace(/[\\*?[]/g, '\\$&')}`)]
}

function wimlibOptions({ examination }: WimWalk, options: DeepCheckOptions): WimlibOptions {
  const content = examination?.contents?.distinctBytes ?? 0
  const cpuSeconds = leastCpuSeconds + content / slowestBytesPerSecond
  return {
    signal: options.signal,
    program: options.wimlib,
    timeoutMs: options.wimTimeoutMs ?? defaultTimeoutMs,
    limits: { memoryBytes: options.wimMemoryBytes ?? defaultWimMemoryBytes, cpuSeconds },
  }
}

/** At most two runs with the file and one with a sound one, so that every file that can be read is judged. */
async function verify(path: string, words: readonly string[], options: WimlibOptions): Promise<Finding> {
  const run = await runWimlib(words, options)
  if (!isInDoubt(run)) return judgeRun(path, run)
  const control = await verifyControl(options)
  if (control.outcome !== 'exited' || control.code !== 0) return blameMachine(path, run, control)
  const again = await runWimlib(words, options)
  return isInDoubt(again) ? blameFile(path, again, options.limits) : judgeRun(path, again)
}

const verifyControl = (options: WimlibOptions): Promise<WimlibRun> =>
  withControlWim((path) => runWimlib(['verify', path], options))
