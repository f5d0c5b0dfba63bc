import { catalog } from '@goldkeep/contracts'
import { clientsWithBearer, createLogger, openChannel } from '@goldkeep/service'
import { startTestPostgres, temporaryDirectory } from '@goldkeep/testing'
import { signServiceTicket } from '@goldkeep/tickets'
import { afterAll, beforeAll } from '@jest/globals'
import type { Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadCatalogConfig, startCatalog, type CatalogConfig } from '../../src/index.js'
import { openDatabase } from '../../src/db/open-database.js'
import type { DB } from '../../src/db/tables.js'

const silent = createLogger('catalog', 'silent')

/** Clients of one catalog, with the bearer that each service wants. */
export interface CatalogClients {
  readonly images: catalog.ImagesClient
  readonly versions: catalog.VersionsClient
  readonly uploads: catalog.UploadsClient
  readonly deployments: catalog.DeploymentsClient
  readonly volumes: catalog.VolumesClient
  readonly jobs: catalog.JobsClient
  readonly tokens: catalog.TokensClient
  readonly coordination: catalog.CoordinationClient
}

export interface TestCatalog extends CatalogClients {
  readonly port: number
  readonly houseId: string
  readonly config: CatalogConfig
  readonly adminToken: string
  /** The catalog's database, to look into and to break. */
  readonly db: Kysely<DB>
  /** Clients that present another bearer to the users' services. */
  readonly as: (bearer: string) => CatalogClients
  /** Makes another database, which nobody uses, beside the catalog's. */
  readonly createDatabase: () => Promise<string>
}

/**
 * Starts a catalog for the tests of this `describe`, and stops it after them.
 * @param prepare what is done to it before the first test
 * @returns the catalog, which is there as soon as `prepare` and the tests run
 */
export function useTestCatalog(
  prepare: (house: TestCatalog) => Promise<unknown> = async () => {},
): TestCatalog {
  const house = {} as TestCatalog
  let stop: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const running = await startTestCatalog()
    stop = running.stop
    Object.assign(house, running.house)
    await prepare(house)
  })
  afterAll(() => stop?.())
  return house
}

interface RunningTestCatalog {
  readonly house: TestCatalog
  readonly stop: () => Promise<void>
}

/** A catalog in this process on a database of its own, with the queue beside it. */
async function startTestCatalog(): Promise<RunningTestCatalog> {
  const postgres = await startTestPostgres()
  const directory = await temporaryDirectory('catalog')
  const databaseUrl = postgres.url
  const adminTokenFile = join(directory.path, 'admin-token')
  const config = loadCatalogConfig({
    GOLDKEEP_DATABASE_URL: databaseUrl,
    GOLDKEEP_QUEUE_URL: databaseUrl,
    GOLDKEEP_SERVICE_KEY: randomBytes(32).toString('base64'),
    GOLDKEEP_CATALOG_PORT: '0',
    GOLDKEEP_ADMIN_TOKEN_FILE: adminTokenFile,
    GOLDKEEP_SWEEP_INTERVAL: '1h',
    // The volumes of these tests are announced and report nothing.
    GOLDKEEP_VOLUME_SILENCE: '1h',
  })
  const running = await startCatalog(config, silent, new AbortController().signal)
  const adminToken = (await readFile(adminTokenFile, 'utf8')).trim()
  const channel = openChannel(`127.0.0.1:${running.port}`)
  const as = (bearer: string): CatalogClients => {
    const users = clientsWithBearer(() => bearer)
    const services = clientsWithBearer(() => signServiceTicket(config.serviceKey, 'storage', 'catalog'))
    return {
      images: users.create(catalog.ImagesDefinition, channel),
      versions: users.create(catalog.VersionsDefinition, channel),
      uploads: users.create(catalog.UploadsDefinition, channel),
      deployments: users.create(catalog.DeploymentsDefinition, channel),
      volumes: users.create(catalog.VolumesDefinition, channel),
      jobs: users.create(catalog.JobsDefinition, channel),
      tokens: users.create(catalog.TokensDefinition, channel),
      coordination: services.create(catalog.CoordinationDefinition, channel),
    }
  }
  const db = openDatabase(databaseUrl, silent, 4)
  const { port, houseId } = running
  return {
    house: {
      ...as(adminToken),
      port,
      houseId,
      config,
      adminToken,
      db,
      as,
      createDatabase: postgres.createDatabase,
    },
    stop: async () => {
      channel.close()
      await db.destroy()
      await running.stop()
      await directory.remove()
      await postgres.stop()
    },
  }
}
