import { storage } from '@goldkeep/contracts'
import { isDomainError, newUid, type VolumeId } from '@goldkeep/domain'
import {
  addHealth,
  addReflection,
  closeGrpcServer,
  createGuardedServer,
  defaultReceiveBudget,
  joinAddress,
  runPhases,
  type Logger,
} from '@goldkeep/service'
import { connectCatalog, type CoordinationClient } from './catalog/coordination.js'
import type { StorageConfig } from './config.js'
import { keepHouseInformed } from './keep-house-informed.js'
import { claimHouse } from './operations/announce-volume.js'
import { KeyedQueue } from './operations/keyed-queue.js'
import { ReadMeter } from './operations/read-meter.js'
import { SealReporter } from './operations/report-seals.js'
import { retryForever } from './operations/retry-forever.js'
import { findingsOf } from './operations/seal-upload.js'
import { TrustKeeper } from './operations/trust-keeper.js'
import { VersionLooks } from './operations/version-looks.js'
import { UploadDesk } from './operations/upload-desk.js'
import { CatalogDisagreement } from './operations/volume-troubles.js'
import { answerAsOwner, identifyAsOwner, tellAsOwner } from './rpc/answer-as-owner.js'
import { createDoor } from './rpc/authorize.js'
import { identifyCaller } from './rpc/identify-caller.js'
import { uploadDataService } from './rpc/upload-data.js'
import { versionAdminService } from './rpc/version-admin.js'
import { versionDataService } from './rpc/version-data.js'
import { volumeService } from './rpc/volume.js'
import { takeVolume, type OwnedVolume } from './store/disk/open-volume.js'
import { nodeSyscalls, type Syscalls } from './store/disk/syscalls.js'
import type { VersionStore } from './store/version-store.js'

/** For how long a seal's answer waits for the catalog before it goes on without. */
const patienceMs = 3_000
const drainMs = 10_000

export interface RunningStorage {
  readonly port: number
  readonly volumeId: VolumeId
  /** Rejects when it cannot go on: the volume was lost, or belongs to another house. */
  readonly failed: Promise<never>
  stop(): Promise<void>
}

/** Starts the storage service: takes the volume, recovers what is on it, and serves. */
export async function startStorage(
  config: StorageConfig,
  log: Logger,
  signal: AbortSignal,
  syscalls: Syscalls = nodeSyscalls,
): Promise<RunningStorage> {
  const stopping = new AbortController()
  const life = AbortSignal.any([signal, stopping.signal])
  let volume: OwnedVolume | undefined
  const telling = tellAsOwner(async () => volume?.confirm())
  const { catalog, close: closeCatalog } = connectCatalog(config.catalogAddress, config.serviceKey, telling)
  try {
    volume = await takeVolume(config.volume, log, life, syscalls, config)
    const instanceId = newUid()
    const store = await volume.open(await houseOf(volume, catalog, config, instanceId, log, life))
    const serving = await serve(config, log, life, catalog, volume, store, instanceId)
    return { ...serving, stop: () => stop(serving, stopping, log, volume, store, closeCatalog) }
  } catch (error) {
    stopping.abort(error)
    await volume?.release()
    closeCatalog()
    throw error
  }
}

/** A volume that has been initialised knows its house; a new one waits for the catalog to give it one. */
async function houseOf(
  volume: OwnedVolume,
  catalog: CoordinationClient,
  config: StorageConfig,
  instanceId: string,
  log: Logger,
  signal: AbortSignal,
): ReturnType<typeof claimHouse> {
  if (volume.identity) return volume.identity.house
  // The port is not known yet when any free one is asked for; the volume is announced again once it is.
  const address = config.advertise ?? joinAddress(config.host, config.port)
  const { volumeId } = volume
  return retryForever(() => claimHouse(catalog, { volumeId, address, instanceId }, signal), {
    doing: 'claiming a house for the new volume',
    log,
    signal,
    permanent: (error) => isDomainError(error, 'HOUSE_MISMATCH'),
  })
}

interface Serving extends Omit<RunningStorage, 'stop'> {
  /** No new work; the open uploads are flushed and answered. */
  drain(): Promise<void>
  closeServer(): Promise<void>
  /** Resolves when nothing tells the catalog anything any more. */
  silent(): Promise<void>
}

async function serve(
  config: StorageConfig,
  log: Logger,
  life: AbortSignal,
  catalog: CoordinationClient,
  volume: OwnedVolume,
  store: VersionStore,
  instanceId: string,
): Promise<Serving> {
  const trust = new TrustKeeper(volume.trustFile, catalog, log, store.identity.house)
  await trust.load()
  const desk = new UploadDesk(config.writerIdleMs)
  const meter = new ReadMeter()
  const checkLimits = { emptyShare: config.emptyShare }
  const reporter = new SealReporter({
    store,
    catalog,
    log,
    signal: life,
    instanceId,
    patienceMs,
    // As early as can be: bytes that change from now on are noticed by the next look.
    onRecorded: ({ versionId, imageId }) => void looks.examine(versionId, imageId).catch(() => {}),
    findingsOf: (versionId) => findingsOf(store, versionId, checkLimits),
  })
  const pace = { syncBytes: config.syncBytes, syncIntervalMs: config.syncIntervalMs }
  const publications = new KeyedQueue<string>()
  const looks = new VersionLooks({ store, desk, publications, catalog, instanceId, log, signal: life })
  const verify = (ticket: string) => trust.verify(ticket, volume.volumeId)
  const known = [verify, config.serviceKey, volume.volumeId] as const
  const door = createDoor(...known)

  const confirm = (): Promise<void> => volume.confirm()
  const identify = identifyAsOwner(identifyCaller(...known), confirm)
  const server = createGuardedServer(log, identify, defaultReceiveBudget)
  const health = addHealth(server)
  addReflection(server, [
    storage.UploadDataDefinition,
    storage.VersionDataDefinition,
    storage.VersionAdminDefinition,
    storage.VolumeDefinition,
  ])
  const asOwner = server.with(answerAsOwner(confirm))
  asOwner.add(
    storage.UploadDataDefinition,
    uploadDataService(door, {
      store,
      desk,
      pace,
      streamIdleMs: config.streamIdleMs,
      log,
      reporter,
      checkLimits,
    }),
  )
  // A sealed version's bytes never change: whoever reads them may go on to the end.
  server.add(storage.VersionDataDefinition, versionDataService(door, { store, meter, looks }))
  const admin = versionAdminService(door, { store, desk, catalog, log, publications, reporter, looks })
  asOwner.add(storage.VersionAdminDefinition, admin)
  asOwner.add(storage.VolumeDefinition, volumeService(door, store))
  const port = await server.listen(joinAddress(config.host, config.port))

  const address = config.advertise ?? joinAddress(config.host, port)
  const disagreement = new CatalogDisagreement()
  const told = {
    store,
    desk,
    meter,
    reporter,
    disagreement,
    trust,
    catalog,
    publications,
    log,
    instanceId,
    looks,
  }
  const informed = await keepHouseInformed(told, config, {
    address,
    signal: life,
    patienceMs,
  })
  const failed = Promise.race([volume.lost, informed.refused])
  failed.catch(() => {})
  log.info({ port, volumeId: volume.volumeId, houseId: store.identity.house }, 'storage serves')
  return {
    port,
    volumeId: volume.volumeId,
    failed,
    drain: async () => {
      health.setServing(false)
      await desk.stop()
    },
    closeServer: () => closeGrpcServer(server, drainMs),
    silent: async () => {
      await Promise.all([informed.ended, reporter.idle()])
    },
  }
}

function stop(
  serving: Serving,
  stopping: AbortController,
  log: Logger,
  volume: OwnedVolume | undefined,
  store: VersionStore,
  closeCatalog: () => void,
): Promise<void> {
  const silence = async (): Promise<void> => {
    stopping.abort(new Error('storage is stopping'))
    await serving.silent()
  }
  return runPhases(log, [
    { name: 'answer the open uploads', timeoutMs: drainMs, run: () => serving.drain() },
    { name: 'close the server', timeoutMs: drainMs + 1_000, run: () => serving.closeServer() },
    { name: 'stop reporting', timeoutMs: 5_000, run: silence },
    { name: 'close the volume', timeoutMs: 5_000, run: () => store.close() },
    { name: 'release the volume', timeoutMs: 5_000, run: async () => volume?.release() },
    { name: 'close the catalog', timeoutMs: 1_000, run: async () => closeCatalog() },
  ])
}
