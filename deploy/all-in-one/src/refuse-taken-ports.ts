import { createServer } from 'node:net'
import { ConfigError } from '@goldkeep/service'
import type { AllInOneConfig, Endpoint } from './config.js'

/**
 * Looks at every port before anything is started.
 * @throws ConfigError that names each port that is taken, and the variable that sets it
 */
export async function refuseTakenPorts({ catalog, storage, postgres }: AllInOneConfig): Promise<void> {
  const wanted: readonly (readonly [string, Endpoint])[] = [
    ['GOLDKEEP_CATALOG_PORT', catalog],
    ['GOLDKEEP_STORAGE_PORT', storage],
    ['GOLDKEEP_POSTGRES_PORT', postgres],
  ]
  const looks = await Promise.all(wanted.map(async ([name, endpoint]) => describeTrouble(name, endpoint)))
  const problems = looks.filter((problem) => problem !== undefined)
  if (problems.length > 0) throw new ConfigError(problems)
}

async function describeTrouble(name: string, { host, port }: Endpoint): Promise<string | undefined> {
  if (port === 0) return undefined
  const code = await tryToListen(host, port)
  if (code === undefined) return undefined
  const place = `${host}:${port}`
  if (code === 'EADDRINUSE')
    return `${name}: ${place} is taken by another program; stop that one, or set ${name} to a free port, or to 0 for any free one`
  return `${name}: cannot listen on ${place} (${code})`
}

async function tryToListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}
