import { waitUntil, type CommandOutcome, type House } from '@goldkeep/testing'
import { setTimeout as pause } from 'node:timers/promises'
import { efi, windows, type Capture } from './scenario.js'

export interface Interrupted {
  readonly afterMs: number
  /** What the broken-off commands and their repeats said. */
  readonly said: readonly string[]
  /** The states of all versions that the image ever had. */
  readonly states: readonly string[]
}

/** Uploads a capture into an image by commands that are broken off as `attempt` does it, and are run again. */
type Upload = (
  attempt: (...args: string[]) => Promise<string>,
  image: string,
  capture: Capture,
) => Promise<void>

export const uploads = {
  folder: async (attempt, image, { folder }) => void (await attempt('upload', folder, '--image', image)),
  steps: async (attempt, image, { schemaFile, efiFile, windowsFile }) => {
    const id = await attempt('upload', 'begin', image, '--schema', schemaFile)
    await attempt('upload', 'write', id, efi, efiFile)
    await attempt('upload', 'write', id, windows, windowsFile)
    await attempt('upload', 'seal', id)
  },
} as const satisfies Record<string, Upload>

/**
 * Uploads a capture into an image of its own for each moment. Each command is ended at that moment and run again.
 * @param moments milliseconds after a command's start, every second one by SIGKILL
 */
export async function interruptUploads(
  house: House,
  capture: Capture,
  by: keyof typeof uploads,
  moments: readonly number[],
): Promise<Interrupted[]> {
  const { goldkeep } = house
  const rounds: Interrupted[] = []
  for (const [index, afterMs] of moments.entries()) {
    const image = `${by}-${index + 1}`
    await goldkeep.run('image', 'create', image)
    const said: string[] = []
    const attempt = async (...args: string[]): Promise<string> => {
      const running = goldkeep.start(...args)
      // The moment itself is what is tried.
      await pause(afterMs)
      running.process.kill(index % 2 === 0 ? 'SIGINT' : 'SIGKILL')
      const outcomes: CommandOutcome[] = [await running.outcome]
      // A command that gave its answer before it ended need not be run again.
      if (outcomes[0]?.code !== 0 && outcomes[0]?.stdout === '')
        outcomes.push(await goldkeep.attempt(...args))
      said.push(...outcomes.map(({ stderr, stdout }) => stderr + stdout))
      return (outcomes.at(-1)?.stdout ?? '').trim()
    }
    await uploads[by](attempt, image, capture)
    // The catalog may hear of a seal a little after the command that asked for it.
    const states = await waitUntil(
      async () => {
        const found = await statesOf(house, image)
        return found.includes('PENDING') && found
      },
      { what: `the version of ${image} is sealed, after ${JSON.stringify(said)}` },
    )
    rounds.push({ afterMs, said, states })
  }
  return rounds
}

async function statesOf({ goldkeep }: House, image: string): Promise<string[]> {
  const listed = await goldkeep.run('version', 'list', image, '--all', '--json')
  return (JSON.parse(listed) as { versions: { state: string }[] }).versions.map(({ state }) => state)
}
