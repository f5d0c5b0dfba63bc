import { execFile } from 'node:child_process'
import { temporaryDirectory } from './temporary-directory.js'

export interface CaptureWimOptions {
  /** As the WinPE client streams it; true unless told. */
  readonly pipable?: boolean
  readonly compress?: 'none' | 'fast' | 'maximum'
  /** Adds an integrity table (SHA-1 per 10 MiB). */
  readonly check?: boolean
  readonly imageName?: string
}

/**
 * Captures a directory into a WIM file with the real `wimlib-imagex`.
 * @returns the file's path
 */
export async function captureWim(
  tree: string,
  file: string,
  { pipable = true, compress = 'fast', check = false, imageName }: CaptureWimOptions = {},
): Promise<string> {
  const wimlibArguments = ['capture', tree, file, ...(imageName === undefined ? [] : [imageName])]
  wimlibArguments.push(`--compress=${compress}`)
  if (pipable) wimlibArguments.push('--pipable')
  if (check) wimlibArguments.push('--check')
  await wimlib(wimlibArguments)
  return file
}

/** Applies the first image of a WIM file to a directory of its own, uses it, and removes it. */
export async function withAppliedWim<Result>(
  file: string,
  use: (tree: string) => Promise<Result>,
): Promise<Result> {
  const target = await temporaryDirectory('applied')
  try {
    await wimlib(['apply', file, '1', target.path])
    return await use(target.path)
  } finally {
    await target.remove()
  }
}

async function wimlib(wimlibArguments: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    execFile('wimlib-imagex', wimlibArguments, (error, _stdout, stderr) => {
      if (!error) return resolve()
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      const why = missing ? 'it is not installed; try: apt-get install wimtools' : stderr.trim()
      reject(new Error(`wimlib-imagex ${wimlibArguments.join(' ')}: ${why}`, { cause: error }))
    })
  })
}
