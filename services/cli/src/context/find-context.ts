import { exitCodes } from '@goldkeep/domain'
import envPaths from 'env-paths'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { CliError, usageError } from '../cli-error.js'

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
  const address = env.GOLDKEEP_ADDRESS && parseAddress(env.GOLDKEEP_ADDRESS, 'GOLDKEEP_ADDRESS')
  const token = env.GOLDKEEP_TOKEN && parseToken(env.GOLDKEEP_TOKEN, 'GOLDKEEP_TOKEN')
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

/** `host:port`; a host that is an IPv6 address stands in brackets. */
function parseAddress(text: string, from: string): string {
  const [, port] = /^(?:\[[0-9a-f:.%]+\]|[^\s:/[\]]+):(\d{1,5})$/i.exec(text) ?? []
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return text
  throw usageError(`${from}: expected host:port such as 127.0.0.1:7460 or [::1]:7460, found ${text}`)
}

/** Never shows what it found: it may be a token but for one character. */
function parseToken(text: string, from: string): string {
  const token = text.trim()
  if (/^[!-~]*$/.test(token)) return token
  throw usageError(`${from}: expected a token, which is one word of printable ASCII, found other characters`)
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
    // Editors of Windows write a byte order mark.
    json = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw broken((error as Error).message)
  }
  const parsed = contextFile.safeParse(json)
  if (!parsed.success) throw broken(z.prettifyError(parsed.error))
  const { token, tokenFile } = parsed.data
  const address = parseAddress(parsed.data.address, place)
  if (token) return { address, token: parseToken(token, place) }
  const path = resolve(dirname(place), tokenFile ?? '')
  const read = await readFile(path, 'utf8').catch((error: Error) => {
    throw broken(`its token file: ${error.message}`)
  })
  return { address, token: parseToken(read, path) }
}

const unusable = (place: string, what: string): CliError =>
  new CliError('BAD_CONTEXT', `the context file ${place} cannot be used: ${what}`, exitCodes.usage)

const isAbsent = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOENT' || code === 'ENOTDIR'

/** Where the command line remembers what it was uploading. */
export function stateDirectory(env: Environment, cwd: string): string {
  if (env.GOLDKEEP_HOME) return resolve(cwd, env.GOLDKEEP_HOME, 'client')
  return envPaths('goldkeep', { suffix: '' }).cache
}
