import { parseUid, parseVolumeId, newVersionId, parseImageId, type VersionId } from '@goldkeep/domain'
import { createLogger, type LogLevel } from '@goldkeep/service'
import { directoryInMemory, treeOf, winpeSchema } from '@goldkeep/testing'
import type { UploadGrant } from '@goldkeep/tickets'
import { mkdir } from 'node:fs/promises'
import { loadStorageConfig, startStorage, type RunningStorage } from '../../src/index.js'
import type { Syscalls } from '../../src/store/disk/syscalls.js'
import { connectAs, type StorageClients } from './clients.js'
import { sha256 } from './bytes.js'
import { startFakeCatalog, type FakeCatalog } from './fake-catalog.js'

export const imageId = parseImageId('win11-lab')
export const imageUid = parseUid('uid-0123456789abcdefghij')
export const schema = Buffer.from(winpeSchema({ partitions: [{ number: 1, usedMiB: 1 }] }))
export const part1 = 'hd0/part1.winpe.wim'

/** A storage service in this process with a catalog that is played. */
export interface TestHouse {
  readonly catalog: FakeCatalog
  readonly volume: string
  readonly storage: RunningStorage
  /** Clients that present a ticket for the upload of the version. */
  uploader(versionId: VersionId, grant?: Partial<UploadGrant>): Promise<StorageClients>
  /** Clients that present a ticket for reading the version. */
  reader(versionId: VersionId, deploymentId?: string): Promise<StorageClients>
  /** Clients of the house's worker. */
  worker(): Promise<StorageClients>
  /** Clients that present any text as their bearer. */
  bearing(token: string): StorageClients
  restart(options?: StartOptions): Promise<void>
  /** What is on the volume but what changes by itself: leases, the owner's socket, trust, volume.json. */
  tree(): Promise<string[]>
  close(): Promise<void>
}

export interface StartOptions {
  readonly syscalls?: Syscalls
  readonly env?: Readonly<Record<string, string>>
  /** Does something to the volume while nobody owns it. */
  readonly meanwhile?: () => Promise<void>
}

const testLogLevel: LogLevel = 'silent'

export function newVersion(): VersionId {
  return newVersionId(new Date())
}

export function storageEnv(catalog: FakeCatalog, volume: string): Record<string, string> {
  return {
    GOLDKEEP_SERVICE_KEY: Buffer.from(catalog.serviceKey).toString('base64'),
    GOLDKEEP_VOLUME: volume,
    GOLDKEEP_CATALOG_ADDRESS: catalog.address,
    GOLDKEEP_STORAGE_PORT: '0',
    GOLDKEEP_PROGRESS_INTERVAL: '50ms',
    GOLDKEEP_TRUST_REFRESH: '50ms',
    GOLDKEEP_LOOK_AGAIN: '50ms',
    GOLDKEEP_SYNC_INTERVAL: '20ms',
    // Tests that are about it set their own.
    GOLDKEEP_RESERVE: '0',
    GOLDKEEP_LOW_SPACE: '0',
  }
}

export async function startTestHouse(options: StartOptions = {}): Promise<TestHouse> {
  const directory = await directoryInMemory('storage')
  const volume = `${directory.path}/volume`
  await mkdir(volume)
  const catalog = await startFakeCatalog()
  const clients: StorageClients[] = []
  const start = ({ env = {}, syscalls }: StartOptions): Promise<RunningStorage> =>
    startStorage(
      loadStorageConfig({ ...storageEnv(catalog, volume), ...env }),
      createLogger('storage', testLogLevel),
      new AbortController().signal,
      syscalls,
    )
  let running = await start(options)
  const connect = (token: string): StorageClients => {
    const connected = connectAs(`127.0.0.1:${String(running.port)}`, () => token)
    clients.push(connected)
    return connected
  }
  const volumeId = (): ReturnType<typeof parseVolumeId> => parseVolumeId(running.volumeId)
  return {
    catalog,
    volume,
    get storage() {
      return running
    },
    bearing: connect,
    uploader: async (versionId, grant) => {
      const claims = { volumeId: volumeId(), versionId, operation: 'upload' as const }
      return connect(await catalog.sign({ ...claims, upload: { ...grantOf(), ...grant } }))
    },
    reader: async (versionId, deploymentId) => {
      const claims = { volumeId: volumeId(), versionId, operation: 'read' as const }
      return connect(
        await catalog.sign({ ...claims, ...(deploymentId && { deploymentId: deploymentId as never }) }),
      )
    },
    worker: async () => {
      const { signServiceTicket, storageOf } = await import('@goldkeep/tickets')
      return connect(await signServiceTicket(catalog.serviceKey, 'worker', storageOf(volumeId())))
    },
    restart: async (next = {}) => {
      await running.stop()
      await next.meanwhile?.()
      running = await start(next)
    },
    tree: () => treeOf(volume, { without: /^\.(lease|owner|trust|reserve)|^volume\.json/ }),
    close: async () => {
      for (const client of clients) client.close()
      await running.stop()
      await catalog.stop()
      await directory.remove()
    },
  }
}

export function grantOf(): UploadGrant {
  return {
    imageId,
    imageUid,
    schemaDigest: sha256(schema),
    beginTime: '2026-11-22T18:15:02.000Z',
    agent: 'test/1',
    capture: {
      environment: 'winpe',
      type: 'file',
      schemaOnly: false,
      skipLvmShrink: false,
      customSchema: false,
    },
  }
}
