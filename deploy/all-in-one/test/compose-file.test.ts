import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CatalogEnv, loadCatalogConfig } from '@goldkeep/catalog'
import { loadStorageConfig, StorageEnv } from '@goldkeep/storage'
import { loadWorkerConfig, WorkerEnv } from '@goldkeep/worker'
import { temporaryDirectory, type TemporaryDirectory } from '@goldkeep/testing'
import { parse } from 'yaml'

interface ComposeService {
  readonly build?: { readonly target: string; readonly dockerfile: string }
  readonly image?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, unknown>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const compose = parse(readFileSync(join(root, 'deploy/compose.yaml'), 'utf8'), { merge: true }) as ComposeFile
const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')

const settings = { catalog: CatalogEnv, storage: StorageEnv, worker: WorkerEnv }
type OwnService = keyof typeof settings
const load = { catalog: loadCatalogConfig, storage: loadStorageConfig, worker: loadWorkerConfig }
const own = Object.entries(compose.services).flatMap(([name, service]) =>
  service.build ? [{ name, target: service.build.target as OwnService, service }] : [],
)

let secrets: TemporaryDirectory

beforeAll(async () => {
  secrets = await temporaryDirectory('secrets')
  writeFileSync(join(secrets.path, 'service-key'), randomBytes(32).toString('base64'))
  writeFileSync(join(secrets.path, 'database-url'), 'postgres://goldkeep:word@postgres:5432/goldkeep')
})

afterAll(async () => {
  await secrets.remove()
})

test('the house has a catalog, storage and two workers', () => {
  expect(own.map(({ target }) => target)).toEqual(['catalog', 'storage', 'worker', 'worker'])
})

test.each(own)(
  'every variable of $name is a setting of the $target, and enough for it',
  ({ target, service }) => {
    const environment = service.environment ?? {}
    const known = Object.keys(settings[target].shape).flatMap((name) => [name, `${name}_FILE`])
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)))
    expect(() => load[target](withSecrets(environment))).not.toThrow()
  },
)

/** Compose puts the default in the place of a variable that the operator has not set. */
const interpolated = (value: string): string => value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')

/** The environment as the container sees it, its secrets in files here. */
function withSecrets(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.startsWith('/run/secrets/') ? join(secrets.path, basename(value)) : interpolated(value),
    ]),
  )
}

test('what a service refers to is there', () => {
  for (const service of Object.values(compose.services)) {
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty([secret])
    for (const volume of service.volumes ?? [])
      expect(compose.volumes).toHaveProperty([volume.split(':')[0] ?? ''])
    for (const other of Object.keys(service.depends_on ?? {}))
      expect(compose.services).toHaveProperty([other])
    for (const value of Object.values(service.environment ?? {}))
      if (value.startsWith('/run/secrets/')) expect(service.secrets).toContain(basename(value))
  }
})

test('Redis keeps what it was given', () => {
  const command = compose.services['redis']?.command?.join(' ')
  expect(command).toContain('--maxmemory-policy noeviction')
  expect(command).toContain('--appendonly yes')
})

test('every image that is built has a stage, and what the stages start exists', () => {
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage)
  expect(stages).toEqual(expect.arrayContaining(own.map(({ target }) => target)))
  const programs = [...dockerfile.matchAll(/"((?:services|deploy)\/[^"]+)"/g)].map(
    ([, program]) => program ?? '',
  )
  expect(programs.length).toBeGreaterThan(4)
  for (const program of programs)
    expect({ program, exists: existsSync(join(root, program)) }).toEqual({ program, exists: true })
})
