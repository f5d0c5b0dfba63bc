import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'

/** How the three readings of wimlib ended; 0 is well. */
export interface WimlibAnswers {
  readonly verify: number
  readonly apply: number
  /** Absent where a file is not pipable. */
  readonly pipe?: number
}

/**
 * Reads a WIM in the three ways in which it is ever read, under a limit of memory. `scratch` is made and removed.
 * @param parts the other files of a split WIM
 */
export async function askWimlib(
  file: string,
  pipable: boolean,
  scratch: string,
  parts: readonly string[] = [],
): Promise<WimlibAnswers> {
  const others = parts.map((part) => `--ref=${part}`)
  const verify = await wimlib(['verify', file, ...others])
  const apply = await wimlib(['apply', file, '1', scratch, ...others])
  await rm(scratch, { recursive: true, force: true })
  if (!pipable) return { verify, apply }
  const pipe = await wimlib(['apply', '-', '1', scratch], file)
  await rm(scratch, { recursive: true, force: true })
  return { verify, apply, pipe }
}

/** The exit code, or 255 when a signal ended it. */
function wimlib(words: readonly string[], input?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const limits = ['--as=1073741824', '--cpu=60', '--core=0']
    const child = spawn('prlimit', [...limits, 'wimlib-imagex', ...words], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 255))
    if (input === undefined || !child.stdin) return
    // It stops reading at the first fault.
    child.stdin.on('error', () => {})
    createReadStream(input).pipe(child.stdin)
  })
}
