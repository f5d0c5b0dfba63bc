import { createServer } from 'node:net'
import { ConfigError, joinAddress } from '@goldkeep/service'
import type { AllInOneConfig, Endpoint } from './config.js'

/** A part of the all-in-one, as its variables name it: `GOLDKEEP_CATALOG_PORT`. */
type Part = 'CATALOG' | 'STORAGE' | 'POSTGRES'

/**
 * Looks at every port before anything is started.
 * @throws ConfigError that names each port that is taken, and the variable that sets it
 */
export async function refuseTakenPorts({ catalog, storage, postgres }: AllInOneConfig): Promise<void> {
  const wanted: readonly (readonly [Part, Endpoint])[] = [
    ['CATALOG', catalog],
    ['STORAGE', storage],
    ['POSTGRES', postgres],
  ]
  const given = new Map<number, string>()
  const problems: string[] = []
  for (const [part, endpoint] of wanted) {
    const { port } = endpoint
    const name = `GOLDKEEP_${part}_PORT`
    const other = given.get(port)
    if (other !== undefined)
      problems.push(`${name}: expected another port than ${other}, found ${port} for both`)
    else problems.push(...(await describeTrouble(part, endpoint)))
    if (port !== 0) given.set(port, name)
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

/** The codes by which a host that is not this machine is refused. */
const ofTheHost: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EINVAL'])

async function describeTrouble(part: Part, { host, port }: Endpoint): Promise<string[]> {
  if (port === 0) return []
  const code = await tryToListen(host, port)
  if (code === undefined) return []
  const place = joinAddress(host, port)
  const name = `GOLDKEEP_${part}_PORT`
  if (code === 'EADDRINUSE')
    return [
      `${name}: ${place} is taken by another program; stop that one, or set ${name} to a free port, or to 0 for any free one`,
    ]
  if (ofTheHost.has(code))
    return [`GOLDKEEP_${part}_HOST: expected a name or an address of this machine, found ${host} (${code})`]
  if (code === 'EACCES') return [`${name}: this user may not listen on ${place}; take a port from 1024 on`]
  return [`${name}: cannot listen on ${place} (${code})`]
}

async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
