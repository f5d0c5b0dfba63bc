import { parseVolumeId, type DeploymentId, type VersionId } from '@goldkeep/domain'
import { freePort, startProcess, temporaryDirectory, type TestProcess } from '@goldkeep/testing'
import { signServiceTicket, storageOf } from '@goldkeep/tickets'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectAs, type StorageClients } from './clients.js'
import { startFakeCatalog, type FakeCatalog } from './fake-catalog.js'
import { grantOf, storageEnv } from './test-house.js'

const main = fileURLToPath(new URL('../../dist/bundle.js', import.meta.url))

/** A storage service that is a process of its own, as built, with a catalog that is played. */
export interface RealStorage {
  readonly catalog: FakeCatalog
  /** Its directory and all that belongs to it. */
  readonly directory: string
  readonly volume: string
  /** The same after every start. */
  readonly address: string
  /** The one that was started last. */
  readonly process: TestProcess
  /** Starts it and waits until it serves. */
  start(options?: RealStartOptions): Promise<void>
  /** Starts it and waits for nothing. */
  launch(options?: RealStartOptions): TestProcess
  /** `kill -9`. */
  kill(): Promise<void>
  /** A ticket for the upload of the version. */
  uploadTicket(versionId: VersionId): Promise<string>
  readTicket(versionId: VersionId, deploymentId?: string): Promise<string>
  /** A ticket of the house's worker. */
  workerTicket(): Promise<string>
  uploader(versionId: VersionId): Promise<StorageClients>
  reader(versionId: VersionId, deploymentId?: string): Promise<StorageClients>
  worker(): Promise<StorageClients>
  close(): Promise<void>
}

export interface RealStartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The command and its arguments that start the process, such as strace. */
  readonly under?: readonly string[]
}

/** Makes the volume and the catalog; the service is not started yet. */
export async function makeRealStorage(): Promise<RealStorage> {
  const directory = await temporaryDirectory('real')
  const volume = join(directory.path, 'volume')
  await mkdir(volume)
  const catalog = await startFakeCatalog()
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const clients = new Set<StorageClients>()
  let process: TestProcess | undefined
  const present = (): TestProcess => {
    if (!process) throw new Error('storage was not started')
    return process
  }
  const connect = (token: string): StorageClients => {
    const connected = connectAs(address, () => token)
    const close = (): void => {
      clients.delete(known)
      connected.close()
    }
    const known = { ...connected, close }
    clients.add(known)
    return known
  }
  /** As it was told to the catalog, since the volume may be mounted where only the process sees it. */
  const volumeId = () => parseVolumeId(catalog.registrations.at(-1)?.volumeId ?? '')
  const launch = ({ env = {}, under = [] }: RealStartOptions = {}): TestProcess => {
    const [command = '', ...rest] = [...under, globalThis.process.execPath, main]
    process = startProcess(command, rest, {
      env: {
        ...storageEnv(catalog, volume),
        GOLDKEEP_STORAGE_PORT: String(port),
        ...env,
        NODE_OPTIONS: undefined,
      },
    })
    return process
  }
  const uploadTicket = (versionId: VersionId): Promise<string> =>
    catalog.sign({ volumeId: volumeId(), versionId, operation: 'upload', upload: grantOf() })
  const readTicket = (versionId: VersionId, deploymentId?: string): Promise<string> =>
    catalog.sign({
      volumeId: volumeId(),
      versionId,
      operation: 'read',
      ...(deploymentId !== undefined && { deploymentId: deploymentId as DeploymentId }),
    })
  const workerTicket = (): Promise<string> =>
    signServiceTicket(catalog.serviceKey, 'worker', storageOf(volumeId()))
  return {
    catalog,
    directory: directory.path,
    volume,
    address,
    get process() {
      return present()
    },
    launch,
    start: async (options) => {
      await launch(options).waitForLine(/storage is ready/)
    },
    kill: async () => {
      await present().killHard()
    },
    uploadTicket,
    readTicket,
    uploader: async (versionId) => connect(await uploadTicket(versionId)),
    reader: async (...what) => connect(await readTicket(...what)),
    workerTicket,
    worker: async () => connect(await workerTicket()),
    close: async () => {
      for (const client of clients) client.close()
      await process?.killHard()
      await catalog.stop()
      await directory.remove()
    },
  }
}
