import { exitCodes } from '@goldkeep/domain'
import envPaths from 'env-paths'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.js'

/** Where the catalog is and how to be let in. */
export interface Context {
  readonly address: string
  readonly token: string
  /** Where it was found, for people. */
  readonly from: string
}

type Environment = Readonly<Record<string, string | undefined>>

const contextFile = z
  .object({
    address: z.string().min(1),
    token: z.string().min(1).optional(),
    tokenFile: z.string().optional(),
  })
  .refine((file) => file.token ?? file.tokenFile, 'expected token or tokenFile')

/**
 * GOLDKEEP_ADDRESS and GOLDKEEP_TOKEN, each before the context file; the file is context.json of
 * GOLDKEEP_HOME, else of `.goldkeep` here or above, else of the user's configuration, else of the system's
 * home, where an all-in-one that root starts in a closed directory keeps its data.
 * @throws CliError NO_CONTEXT that says where it looked
 */
export async function findContext(env: Environment, cwd: string): Promise<Context> {
  const { GOLDKEEP_ADDRESS: address, GOLDKEEP_TOKEN: token } = env
  if (address && token) return { address, token, from: 'GOLDKEEP_ADDRESS and GOLDKEEP_TOKEN' }
  const places = contextPlaces(env, cwd)
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (isAbsent(error)) return undefined
      throw unusable(place, `it cannot be read (${error.code}); ask for a token of your own`)
    })
    if (text === undefined) continue
    const file = await parseContext(place, text)
    return { address: address || file.address, token: token || file.token, from: place }
  }
  throw new CliError(
    'NO_CONTEXT',
    `no house is known: set GOLDKEEP_ADDRESS and GOLDKEEP_TOKEN, or start one with \`npm start\`, which writes a context file (looked in ${places.join(', ')})`,
    exitCodes.usage,
  )
}

function contextPlaces(env: Environment, cwd: string): string[] {
  if (env.GOLDKEEP_HOME) return [resolve(cwd, env.GOLDKEEP_HOME, 'context.json')]
  const places: string[] = []
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    places.push(join(directory, '.goldkeep', 'context.json'))
    if (dirname(directory) === directory) break
  }
  const configured = join(envPaths('goldkeep', { suffix: '' }).config, 'context.json')
  return [...places, configured, '/var/lib/goldkeep/context.json']
}

async function parseContext(place: string, text: string): Promise<{ address: string; token: string }> {
  const broken = (what: string) => unusable(place, what)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw broken((error as Error).message)
  }
  const parsed = contextFile.safeParse(json)
  if (!parsed.success) throw broken(z.prettifyError(parsed.error))
  const { address, token, tokenFile } = parsed.data
  if (token) return { address, token }
  const path = resolve(dirname(place), tokenFile ?? '')
  const read = await readFile(path, 'utf8').catch((error: Error) => {
    throw broken(`its token file: ${error.message}`)
  })
  return { address, token: read.trim() }
}

const unusable = (place: string, what: string): CliError =>
  new CliError('BAD_CONTEXT', `the context file ${place} cannot be used: ${what}`, exitCodes.usage)

const isAbsent = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOENT' || code === 'ENOTDIR'

/** Where the command line remembers what it was uploading. */
export function stateDirectory(env: Environment, cwd: string): string {
  if (env.GOLDKEEP_HOME) return resolve(cwd, env.GOLDKEEP_HOME, 'client')
  return envPaths('goldkeep', { suffix: '' }).cache
}
