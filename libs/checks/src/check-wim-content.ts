import type { Finding } from '@goldkeep/domain'
import { detectKind } from './file-kinds.js'
import { finding } from './finding.js'
import { lookInto } from './look-into.js'
import type { DeepCheckOptions } from './deep-check-options.js'
import type { CheckedFile } from './subject.js'
import { runWimlib } from './wimlib.js'

const check = 'wim-content'
const defaultTimeoutMs = 4 * 60 * 60 * 1000

/** Exit codes of wimlib that speak of this machine, not of the file: no memory, cannot open, read, stat. */
const unjudged: ReadonlySet<number> = new Set([39, 47, 50, 61])

/** Whether everything in a WIM can be decompressed and has the hash that the WIM itself keeps. */
export async function checkWimContent(file: CheckedFile, options: DeepCheckOptions): Promise<Finding> {
  const { path } = file
  const result = await lookInto(check, file, async (open) => {
    const kind = await detectKind(open, path)
    if (!kind.startsWith('wim'))
      return finding(check, 'SKIP', 'Not a WIM, so its content is not looked at.', { path, found: kind })
    if (file.localPath === undefined)
      return finding(check, 'ERROR', 'The file is not where wimlib-imagex could read it.', { path })
    options.onProgress?.({ check, path, bytes: 0 })
    const others = kind === 'wim-split' ? [`--ref=${otherParts(file.localPath)}`] : []
    const run = await runWimlib(['verify', file.localPath, ...others], {
      signal: options.signal,
      program: options.wimlib,
      timeoutMs: options.wimTimeoutMs ?? defaultTimeoutMs,
    })
    return judge(path, run)
  })
  options.signal.throwIfAborted()
  return result
}

/** A split WIM's further parts lie beside the first: `part1.winpe.wim`, `part1.winpe2.swm`, … */
const otherParts = (localPath: string): string => localPath.replace(/\.wim$/i, '*.swm')

function judge(path: string, run: Awaited<ReturnType<typeof runWimlib>>): Finding {
  const expected = 'wimlib-imagex verify ends with 0'
  if (run.outcome !== 'exited')
    return finding(check, 'ERROR', 'wimlib-imagex did not come to an end.', {
      path,
      expected,
      found: run.lastWords,
    })
  const found = `exit code ${run.code}: ${run.lastWords}`.replace(/: $/, '')
  if (run.code === 0)
    return finding(check, 'PASS', 'Everything in the image can be read and has its hash.', {
      path,
      found: 'verified',
    })
  if (unjudged.has(run.code))
    return finding(check, 'ERROR', 'wimlib-imagex could not judge the file here.', { path, expected, found })
  return finding(check, 'FAIL', `The content of ${path} is damaged.`, { path, expected, found })
}
