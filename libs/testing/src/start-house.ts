import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.js'
import { goldkeepCommand, type GoldkeepCommand } from './goldkeep-command.js'
import { startProcess, type TestProcess } from './start-process.js'
import { startTestPostgres } from './start-test-postgres.js'
import { startTestRedis } from './start-test-redis.js'
import { temporaryDirectory } from './temporary-directory.js'
import { waitUntil } from './wait-until.js'

export type QueueBackend = 'postgres' | 'redis'
type Environment = Readonly<Record<string, string>>

export interface HouseOptions {
  readonly queue: QueueBackend
  /** How many workers start with the house. */
  readonly workers?: number
  /** Where storage and workers look for the catalog, given its port; for a proxy in between. */
  readonly catalogAddress?: (port: number) => Promise<string>
  /** What storage tells clients of its own address, given its port. */
  readonly advertise?: (port: number) => Promise<string>
}

/** A service that can be killed and started again with the same environment. */
export class Service {
  private running: TestProcess | undefined

  constructor(
    readonly name: string,
    private readonly environment: Environment,
  ) {}

  /** @param more for this one start */
  async start(more: Environment = {}): Promise<void> {
    const program = fileURLToPath(new URL(`../../../services/${this.name}/dist/bundle.js`, import.meta.url))
    this.running = startProcess(process.execPath, [program], { env: { ...this.environment, ...more } })
    await this.running.waitForLine(/is ready/)
  }

  /** `kill -9`, and gone. */
  async kill(): Promise<void> {
    await this.running?.killHard()
    this.running = undefined
  }

  async stop(): Promise<void> {
    await this.running?.stop()
    this.running = undefined
  }

  /** 0 while it does not run. */
  get pid(): number {
    return this.running?.pid ?? 0
  }

  get output(): string {
    return this.running?.output() ?? ''
  }
}

/** A house of separate processes on real PostgreSQL, with the queue on PostgreSQL or Redis. */
export interface House {
  readonly directory: string
  readonly volume: string
  readonly catalog: Service
  readonly storage: Service
  readonly workers: readonly Service[]
  readonly goldkeep: GoldkeepCommand
  readonly catalogAddress: string
  /** Where storage itself listens, whatever it advertises. */
  readonly storageAddress: string
  /** By which clients find the house and are let in. */
  readonly environment: Environment
  /** `redis://…`, or the queue's PostgreSQL. */
  readonly queueUrl: string
  /** Of the catalog. */
  readonly databaseUrl: string
  /** A storage service with a volume of its own, not yet started. */
  addStorage(): Promise<{ readonly service: Service; readonly volume: string }>
  /** One more worker, not yet started. */
  addWorker(environment?: Environment): Service
  stop(): Promise<void>
}

/** Times that tests can wait for. */
const impatient: Environment = {
  GOLDKEEP_LOG_LEVEL: 'info',
  GOLDKEEP_CLAIM_LEASE: '1500ms',
  GOLDKEEP_SWEEP_INTERVAL: '500ms',
  GOLDKEEP_REQUEUE_AFTER: '1s',
  GOLDKEEP_JOB_LOCK: '1500ms',
  GOLDKEEP_STALLED_INTERVAL: '1s',
  GOLDKEEP_PROGRESS_INTERVAL: '300ms',
  GOLDKEEP_TRUST_REFRESH: '300ms',
}

export async function startHouse(options: HouseOptions): Promise<House> {
  const temporary = await temporaryDirectory('e2e')
  const directory = temporary.path
  const volume = join(directory, 'volume')
  await mkdir(volume)
  const database = await startTestPostgres()
  const redis = options.queue === 'redis' ? await startTestRedis() : undefined
  const databaseUrl = await database.createDatabase()
  const catalogPort = await freePort()
  const storagePort = await freePort()
  const queueUrl = redis?.url ?? databaseUrl
  const serviceKey = randomBytes(32).toString('base64')
  const common = {
    ...impatient,
    GOLDKEEP_SERVICE_KEY: serviceKey,
    GOLDKEEP_QUEUE_URL: redis?.url ?? databaseUrl,
  }
  const tokenFile = join(directory, 'admin-token')
  const catalogAddress = `127.0.0.1:${catalogPort}`
  const asSeenByServices = (await options.catalogAddress?.(catalogPort)) ?? catalogAddress

  const catalog = new Service('catalog', {
    ...common,
    GOLDKEEP_DATABASE_URL: databaseUrl,
    GOLDKEEP_CATALOG_PORT: String(catalogPort),
    GOLDKEEP_ADMIN_TOKEN_FILE: tokenFile,
  })
  const storageOf = (root: string, port: number, advertise = `127.0.0.1:${port}`): Service =>
    new Service('storage', {
      ...common,
      GOLDKEEP_VOLUME: root,
      GOLDKEEP_STORAGE_PORT: String(port),
      GOLDKEEP_STORAGE_ADVERTISE: advertise,
      GOLDKEEP_CATALOG_ADDRESS: asSeenByServices,
    })
  const storage = storageOf(volume, storagePort, await options.advertise?.(storagePort))
  const added: Service[] = []
  const addStorage = async (): Promise<{ service: Service; volume: string }> => {
    const another = join(directory, `volume-${added.length + 2}`)
    await mkdir(another)
    const service = storageOf(another, await freePort())
    added.push(service)
    return { service, volume: another }
  }
  const workers: Service[] = []
  const addWorker = (environment: Environment = {}): Service => {
    const base = { ...common, GOLDKEEP_VOLUME: volume, GOLDKEEP_CATALOG_ADDRESS: catalogAddress }
    const worker = new Service('worker', { ...base, ...environment })
    workers.push(worker)
    return worker
  }

  await catalog.start()
  const others = Array.from({ length: options.workers ?? 0 }, () => addWorker())
  await Promise.all([storage, ...others].map((service) => service.start()))
  const token = (await readFile(tokenFile, 'utf8')).trim()
  const environment = { GOLDKEEP_ADDRESS: catalogAddress, GOLDKEEP_TOKEN: token, GOLDKEEP_HOME: directory }
  const goldkeep = goldkeepCommand(environment)
  await waitUntil(async () => (await goldkeep.attempt('doctor')).code === 0, {
    timeoutMs: 20_000,
    what: 'the doctor finds the house well',
  })
  return {
    directory,
    volume,
    catalog,
    storage,
    workers,
    goldkeep,
    catalogAddress,
    storageAddress: `127.0.0.1:${storagePort}`,
    environment,
    queueUrl,
    databaseUrl,
    addStorage,
    addWorker,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
      await Promise.all([storage, ...added].map((service) => service.stop()))
      await catalog.stop()
      await redis?.stop()
      await database.stop()
      await temporary.remove()
    },
  }
}
