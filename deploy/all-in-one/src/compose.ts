import { loadCatalogConfig, startCatalog } from '@goldkeep/catalog'
import { canServeFrom, claimDirectory, endLeftoverServer, startPostgres } from '@goldkeep/postgres'
import {
  createLogger,
  isEveryHost,
  joinAddress,
  runPhases,
  type Logger,
  type RunningService,
  type ShutdownPhase,
} from '@goldkeep/service'
import { loadStorageConfig, startStorage } from '@goldkeep/storage'
import { loadWorkerConfig, startWorker } from '@goldkeep/worker'
import type { AllInOneConfig, Endpoint } from './config.js'
import { chooseHome, openHome, writeContext } from './home.js'
import { openVolume } from './open-volume.js'
import { refuseTakenPorts } from './refuse-taken-ports.js'

export interface RunningHouse extends RunningService {
  /** Where each part is reached from this machine. */
  readonly addresses: { readonly catalog: string; readonly storage: string; readonly postgres: string }
  readonly home: string
}

/**
 * Starts the whole house in this process: PostgreSQL, the catalog, storage and a worker. What has started
 * is stopped again, in the opposite order, when a later part cannot start.
 * @throws ConfigError, PostgresError when the home or a port cannot be used
 */
export async function startHouse(config: AllInOneConfig, signal: AbortSignal): Promise<RunningHouse> {
  const logOf = (service: string): Logger => createLogger(service, config.logLevel)
  const home = openHome(config.home ?? chooseHome(process.cwd(), canServeFrom))
  const releaseHome = claimDirectory(home.path)
  const started: ShutdownPhase[] = [{ name: 'home', timeoutMs: 1_000, run: async () => releaseHome() }]
  const stop = (): Promise<void> => runPhases(logOf('all-in-one'), started.toReversed())
  const stopLater = (name: string, part: { readonly stop: () => Promise<unknown> }): void => {
    started.push({ name, timeoutMs: 40_000, run: () => part.stop() })
    signal.throwIfAborted()
  }

  try {
    // One of a start that was killed holds the port that this start wants.
    await endLeftoverServer(home.postgres, logOf('postgres'))
    await refuseTakenPorts(config)
    const postgres = await startPostgres({
      directory: home.postgres,
      port: config.postgres.port,
      reserveBytes: config.reserveBytes,
      lowSpaceBytes: config.lowSpaceBytes,
      log: logOf('postgres'),
    })
    stopLater('postgres', postgres)

    const shared = {
      ...config.environment,
      GOLDKEEP_LOG_LEVEL: config.logLevel,
      GOLDKEEP_SERVICE_KEY: home.serviceKey,
      GOLDKEEP_DATABASE_URL: postgres.url,
      GOLDKEEP_QUEUE_URL: postgres.url,
      GOLDKEEP_VOLUME: home.volume,
      GOLDKEEP_ADMIN_TOKEN_FILE: home.adminToken,
    }
    const catalog = await startCatalog(loadCatalogConfig(shared), logOf('catalog'), signal, postgres.shortage)
    stopLater('catalog', catalog)
    const catalogAddress = addressOf(config.catalog, catalog.port)

    await openVolume(home.volume, catalog, config.retireVolume)
    const connected = { ...shared, GOLDKEEP_CATALOG_ADDRESS: catalogAddress }
    const storage = await startStorage(loadStorageConfig(connected), logOf('storage'), signal)
    stopLater('storage', storage)
    const worker = await startWorker(loadWorkerConfig(connected), logOf('worker'), signal)
    stopLater('worker', worker)

    writeContext(home, catalogAddress)
    const failed = Promise.race([postgres.failed, storage.failed])
    failed.catch(() => {})
    return {
      addresses: {
        catalog: catalogAddress,
        storage: addressOf(config.storage, storage.port),
        postgres: addressOf(config.postgres, postgres.port),
      },
      home: home.path,
      failed,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** An address that this machine can call; a service that listens everywhere is called here. */
function addressOf({ host }: Endpoint, port: number): string {
  return joinAddress(isEveryHost(host) ? '127.0.0.1' : host, port)
}
