import { catalog } from '@goldkeep/contracts'
import { connectQueues } from '@goldkeep/jobs'
import {
  addHealth,
  addReflection,
  closeGrpcServer,
  createGuardedServer,
  joinAddress,
  runPhases,
  type Logger,
  type RunningService,
} from '@goldkeep/service'
import type { Kysely } from 'kysely'
import type { Server } from 'nice-grpc'
import { startLookQuestions, type LookQuestions } from './background/look-questions.js'
import { startRelay } from './background/start-relay.js'
import { startSweeper } from './background/start-sweeper.js'
import type { CatalogConfig } from './config.js'
import { checkDatabase } from './db/check-database.js'
import { migrateDatabase } from './db/migrate.js'
import { openDatabase } from './db/open-database.js'
import type { DB } from './db/tables.js'
import { listHeardVolumes } from './db/volumes-queries.js'
import { systemActor } from './domain/actor.js'
import { openHouse } from './operations/open-house.js'
import { retireVolume } from './operations/retire-volume.js'
import { coordinationService } from './rpc/coordination.js'
import { databaseFaults } from './rpc/database-faults.js'
import { DatabaseSpace } from './rpc/database-space.js'
import { deploymentsService } from './rpc/deployments.js'
import { door, identifyCaller } from './rpc/door.js'
import { imagesService } from './rpc/images.js'
import { jobsService } from './rpc/jobs.js'
import { tokensService } from './rpc/tokens.js'
import { uploadsService } from './rpc/uploads.js'
import { versionsService } from './rpc/versions.js'
import { volumesService } from './rpc/volumes.js'

/** A catalog that serves. */
export interface RunningCatalog extends RunningService {
  /** Where it listens, also when any free port was asked for. */
  readonly port: number
  readonly houseId: string
  /** For a process that runs storage as well, and must not put another volume in the place of a lost one. */
  readonly volumes: KnownVolumes
}

export interface KnownVolumes {
  /** Ids of those that are not retired. */
  list(): Promise<readonly string[]>
  /** Takes one for lost whose storage service cannot run. See Volumes.Retire. */
  retire(volumeId: string, reason: string): Promise<void>
}

/** Connections of the pool, at most. The pool's own look at them, the relay's listener and the queues have others. */
const databaseConnections = 20
/** Time that open calls have to end when the catalog stops, in milliseconds. */
const drainMs = 5_000

/**
 * Starts the catalog: database checked and migrated, house opened, RPCs served, outbox relayed, the sweeper
 * started. Rejects, with everything closed again, when any of it cannot be done.
 * @param databaseShortage what is wrong with the room on the database's disk, for a process that can see it
 */
export async function startCatalog(
  config: CatalogConfig,
  log: Logger,
  signal: AbortSignal,
  databaseShortage?: () => string | undefined,
): Promise<RunningCatalog> {
  const closers: (() => Promise<unknown>)[] = []
  try {
    const db = openDatabase(config.databaseUrl, log, databaseConnections, config.databaseLimits)
    closers.unshift(() => db.destroy())
    await checkDatabase(db)
    await migrateDatabase(config.databaseUrl, log)
    const { houseId } = await openHouse(db, config.adminTokenFile, log)
    const queues = await connectQueues(config.queueUrl, log)
    closers.unshift(() => queues.close())
    signal.throwIfAborted()

    const questions = startLookQuestions({ db, databaseUrl: config.databaseUrl, log })
    closers.unshift(() => questions.stop())
    const { server, health } = assembleServer(db, config, log, questions, new DatabaseSpace(databaseShortage))
    closers.unshift(() => closeGrpcServer(server, 0))
    const port = await listen(server, config)
    const relay = startRelay({ db, queues, log, databaseUrl: config.databaseUrl })
    const sweeper = startSweeper({ db, log, config })
    log.info({ port, house: houseId }, 'catalog serves')

    const stop = () =>
      runPhases(log, [
        { name: 'refuse new work', timeoutMs: 1_000, run: async () => health.setServing(false) },
        { name: 'answer storage', timeoutMs: 5_000, run: () => questions.stop() },
        { name: 'end open calls', timeoutMs: drainMs + 1_000, run: () => closeGrpcServer(server, drainMs) },
        { name: 'stop the sweeper', timeoutMs: 5_000, run: () => sweeper.stop() },
        { name: 'stop the relay', timeoutMs: 12_000, run: () => relay.stop() },
        { name: 'close the queues', timeoutMs: 10_000, run: () => queues.close() },
        { name: 'close the database', timeoutMs: 5_000, run: () => db.destroy() },
      ])
    return { port, houseId, volumes: knownVolumes(db), stop }
  } catch (error) {
    for (const close of closers) await close().catch((err: unknown) => log.warn({ err }, 'closing failed'))
    throw error
  }
}

function knownVolumes(db: Kysely<DB>): KnownVolumes {
  return {
    list: async () => (await listHeardVolumes(db)).map(({ volumeId }) => volumeId),
    retire: (volumeId, reason) =>
      db
        .transaction()
        .execute((trx) => retireVolume(trx, { volumeId, reason }, systemActor, { volumeSilenceMs: -1 })),
  }
}

async function listen(server: Pick<Server, 'listen'>, { host, port }: CatalogConfig): Promise<number> {
  const address = joinAddress(host, port)
  try {
    return await server.listen(address)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown fault'
    throw new Error(
      `cannot listen on ${address} (${why}); if another process has the port, set GOLDKEEP_CATALOG_PORT`,
      { cause },
    )
  }
}

function assembleServer(
  db: Kysely<DB>,
  config: CatalogConfig,
  log: Logger,
  questions: LookQuestions,
  space: DatabaseSpace,
) {
  const server = createGuardedServer(log, identifyCaller(db, config.serviceKey))
  const health = addHealth(server)
  addReflection(server, [
    catalog.ImagesDefinition,
    catalog.VersionsDefinition,
    catalog.UploadsDefinition,
    catalog.DeploymentsDefinition,
    catalog.VolumesDefinition,
    catalog.JobsDefinition,
    catalog.TokensDefinition,
    catalog.CoordinationDefinition,
  ])
  const { times } = config
  const guarded = server.with(databaseFaults(space)).with(door)
  guarded.add(catalog.ImagesDefinition, imagesService(db))
  guarded.add(catalog.VersionsDefinition, versionsService(db))
  guarded.add(catalog.UploadsDefinition, uploadsService(db, times))
  guarded.add(catalog.DeploymentsDefinition, deploymentsService(db, times))
  guarded.add(catalog.VolumesDefinition, volumesService(db, times, space))
  guarded.add(catalog.JobsDefinition, jobsService(db))
  guarded.add(catalog.TokensDefinition, tokensService(db))
  guarded.add(catalog.CoordinationDefinition, coordinationService(db, times, questions))
  return { server, health }
}
