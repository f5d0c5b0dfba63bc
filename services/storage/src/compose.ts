import { isDomainError, type VolumeId } from '@goldkeep/domain'
import { storage } from '@goldkeep/contracts'
import { addHealth, closeGrpcServer, createGrpcServer, runPhases, type Logger } from '@goldkeep/service'
import { volumeNames } from '@goldkeep/volume'
import { connectCatalog } from './catalog/coordination.js'
import type { StorageConfig } from './config.js'
import { announceVolume, claimHouse } from './operations/announce-volume.js'
import { KeyedQueue } from './operations/keyed-queue.js'
import { ReadMeter } from './operations/read-meter.js'
import { repeat } from './operations/repeat.js'
import { ProgressReporter } from './operations/report-progress.js'
import { SealReporter } from './operations/report-seals.js'
import { retryForever } from './operations/retry-forever.js'
import { findingsOf } from './operations/seal-upload.js'
import { TrustKeeper } from './operations/trust-keeper.js'
import { UploadDesk } from './operations/upload-desk.js'
import { createDoor } from './rpc/authorize.js'
import { uploadDataService } from './rpc/upload-data.js'
import { versionAdminService } from './rpc/version-admin.js'
import { versionDataService } from './rpc/version-data.js'
import { volumeService } from './rpc/volume.js'
import { takeVolume } from './store/disk/open-volume.js'
import { nodeSyscalls, type Syscalls } from './store/disk/syscalls.js'

/** For how long an answer, or a start, waits for the catalog before it goes on without. */
const patienceMs = 3_000
const drainMs = 10_000

export interface RunningStorage {
  readonly port: number
  readonly volumeId: VolumeId
  /** Rejects when it cannot go on: the volume was lost, or belongs to another house. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

/** Wires the storage service together and lets it serve. */
export async function startStorage(
  config: StorageConfig,
  log: Logger,
  signal: AbortSignal,
  syscalls: Syscalls = nodeSyscalls,
): Promise<RunningStorage> {
  const stopping = new AbortController()
  const life = AbortSignal.any([signal, stopping.signal])
  const { catalog, close: closeCatalog } = connectCatalog(config.catalogAddress, config.serviceKey)
  const volume = await takeVolume(config.volume, log, life, syscalls)

  const advertised = (port: number): string => config.advertise ?? `${config.host}:${port}`
  const house =
    volume.identity?.house ??
    (await retryForever(() => claimHouse(catalog, volume.volumeId, advertised(config.port), life), {
      doing: 'claiming a house for the new volume',
      log,
      signal: life,
      permanent: (error) => isDomainError(error, 'HOUSE_MISMATCH'),
    }))
  const store = await volume.open(house)
  const trust = new TrustKeeper(
    {
      read: () => volume.readFile(volumeNames.trust),
      write: (bytes) => volume.replaceFile(volumeNames.trust, bytes),
    },
    catalog,
    log,
  )
  await trust.load()

  const desk = new UploadDesk(config.writerIdleMs)
  const meter = new ReadMeter()
  const reporter = new SealReporter({
    store,
    catalog,
    log,
    signal: life,
    patienceMs,
    findingsOf: (versionId) => findingsOf(store, versionId),
  })
  const progress = new ProgressReporter({ store, desk, meter, catalog })
  const pace = { syncBytes: config.syncBytes, syncIntervalMs: config.syncIntervalMs }
  const door = createDoor(() => trust.current, volume.volumeId, config.serviceKey)

  const server = createGrpcServer(log)
  const health = addHealth(server)
  server.add(storage.UploadDataDefinition, uploadDataService(door, { store, desk, pace, log, reporter }))
  server.add(storage.VersionDataDefinition, versionDataService(door, { store, meter }))
  const publications = new KeyedQueue<string>()
  server.add(
    storage.VersionAdminDefinition,
    versionAdminService(door, { store, desk, catalog, log, publications }),
  )
  server.add(storage.VolumeDefinition, volumeService(door, store))
  const port = await server.listen(`${config.host}:${config.port}`)

  const announced = retryForever(
    () => announceVolume({ store, catalog, reporter, log }, advertised(port), life),
    {
      doing: 'announcing the volume',
      log,
      signal: life,
      permanent: (error) => isDomainError(error, 'HOUSE_MISMATCH'),
    },
  )
  const mismatch = announced.then(
    () => new Promise<never>(() => {}),
    (error: unknown) => (life.aborted ? new Promise<never>(() => {}) : Promise.reject(error)),
  )
  const failed = Promise.race([volume.lost, mismatch])
  failed.catch(() => {})
  const loops = [
    repeat('refreshing trust', config.trustRefreshMs, (on) => trust.refresh(on), log, life),
    announced.then(
      () => repeat('reporting progress', config.progressIntervalMs, (on) => progress.report(on), log, life),
      () => {},
    ),
  ]
  await settledWithin(Promise.allSettled([announced, trust.refresh(life)]), patienceMs)
  log.info({ port, volumeId: volume.volumeId, houseId: house }, 'storage serves')

  return {
    port,
    volumeId: volume.volumeId,
    failed,
    stop: () =>
      runPhases(log, [
        {
          name: 'refuse new work',
          timeoutMs: 1_000,
          run: async () => health.setServing(false),
        },
        { name: 'answer the open uploads', timeoutMs: drainMs, run: () => desk.stop() },
        { name: 'close the server', timeoutMs: drainMs + 1_000, run: () => closeGrpcServer(server, drainMs) },
        {
          name: 'stop reporting',
          timeoutMs: 5_000,
          run: async () => {
            stopping.abort(new Error('storage is stopping'))
            await Promise.all([...loops, reporter.idle()])
          },
        },
        { name: 'close the volume', timeoutMs: 5_000, run: () => store.close() },
        { name: 'release the volume', timeoutMs: 5_000, run: () => volume.release() },
        { name: 'close the catalog', timeoutMs: 1_000, run: async () => closeCatalog() },
      ]),
  }
}

async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
