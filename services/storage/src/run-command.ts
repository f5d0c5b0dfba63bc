import { repairVolume } from './repair-volume.js'

const usage = 'expected nothing, or `repair` and the directory of one volume'

/**
 * What the storage service does on its command line instead of serving: `repair DIRECTORY`.
 * @returns the exit code: 0, 2 for a wrong command line, 1 for a volume that could not be repaired
 */
export async function runCommand(words: readonly string[]): Promise<number> {
  const [command, directory, ...rest] = words
  const say = (text: string): boolean => process.stderr.write(`goldkeep storage: ${text}\n`)
  if (command !== 'repair' || directory === undefined || rest.length > 0) {
    say(`${usage}; found: ${words.join(' ')}`)
    return 2
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () =>
      stopping.abort(new Error(`stopped by ${signal}; nothing is lost, run it again`)),
    )
  try {
    process.stdout.write(`${(await repairVolume(directory, stopping.signal)).join('\n')}\n`)
    return 0
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return 1
  }
}
