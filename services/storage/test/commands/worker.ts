import { catalog } from '@goldkeep/contracts'
import { parseVolumeId, type VersionId } from '@goldkeep/domain'
import { tcpProxy } from '@goldkeep/testing'
import { signServiceTicket, storageOf } from '@goldkeep/tickets'
import { bytesOf, sha256 } from '../support/bytes.js'
import { connectAs, type StorageClients } from '../support/clients.js'
import { imageId, imageUid, newVersion, part1, schema, type TestHouse } from '../support/test-house.js'
import { readWhole, uploadWhole } from '../support/write-stream.js'
import { office } from './shelf.js'
import { basesToProto } from '../support/bases.js'

const belonging = { imageId, imageUid }
const wish = { time: new Date('2026-12-01T09:30:00Z'), actor: undefined, reason: '' }
const ordered = (versionId: string, opSeq: number) => ({ versionId, epoch: 1n, opSeq: BigInt(opSeq) })

/** The commands of one worker, over the wire. */
export const commandsOf = ({ admin }: StorageClients, house: string) => ({
  trash: (id: VersionId, op: number) => admin.trash({ ...ordered(id, op), ...belonging, ...wish }),
  restore: (id: VersionId, op: number) => admin.restore({ ...ordered(id, op), ...belonging }),
  purge: (id: VersionId, op: number) => admin.purge(ordered(id, op)),
  move: (id: VersionId, op: number) => admin.moveVersion({ ...ordered(id, op), ...office }),
  moveBack: (id: VersionId, op: number) => admin.moveVersion({ ...ordered(id, op), ...belonging }),
  clone: (id: VersionId, op: number, sourceVersionId: VersionId) =>
    admin.cloneVersion({ ...ordered(id, op), ...office, ...wish, sourceVersionId }),
  end: (id: VersionId, op: number) =>
    admin.endUpload({ ...ordered(id, op), outcome: catalog.Lifecycle.LIFECYCLE_ABORTED }),
  publish: (generation: number, primary: VersionId | null) => {
    const fields = { format: 1, house, image: imageId, uid: imageUid, epoch: 1, generation, primary }
    const document = Buffer.from(JSON.stringify(fields))
    return admin.publish({
      imageId,
      imageUid,
      epoch: 1n,
      generation: BigInt(generation),
      document,
      ...basesToProto(document),
      primaryVersionId: primary ?? '',
    })
  },
})

export type Commands = ReturnType<typeof commandsOf>

export async function commandsTo(house: TestHouse): Promise<Commands> {
  return commandsOf(await house.worker(), house.catalog.house)
}

/** Clients of which every message is held on its way until it is let go. */
export async function heldClients(house: TestHouse, token: string) {
  const proxy = await tcpProxy(`127.0.0.1:${String(house.storage.port)}`)
  proxy.stall()
  const clients = connectAs(proxy.address, () => token)
  return {
    clients,
    letGo: () => proxy.resume(),
    close: async () => {
      clients.close()
      await proxy.stop()
    },
  }
}

export async function heldWorker(house: TestHouse) {
  const held = await heldClients(
    house,
    await signServiceTicket(
      house.catalog.serviceKey,
      'worker',
      storageOf(parseVolumeId(house.storage.volumeId)),
    ),
  )
  return { ...held, commands: commandsOf(held.clients, house.catalog.house) }
}

export const bytesOfVersion = (versionId: VersionId): Buffer => bytesOf(30_000, versionId)

/** Uploads and seals a version of the lab's image. */
export async function sealOne(house: TestHouse): Promise<VersionId> {
  const versionId = newVersion()
  const files = { [part1]: bytesOfVersion(versionId) }
  await uploadWhole(await house.uploader(versionId), versionId, schema, files)
  return versionId
}

/** Every line of the volume's tree that is about the version. */
export const linesOf = async (house: TestHouse, versionId: VersionId): Promise<string[]> =>
  (await house.tree()).filter((line) => line.includes(versionId))

/** The folder of the volume in which the version lies, `images` or `trash`; fails when it lies twice. */
export async function placeOf(house: TestHouse, versionId: VersionId): Promise<string | undefined> {
  const manifests = (await linesOf(house, versionId)).filter((line) => line.includes('/version.json '))
  if (manifests.length > 1) throw new Error(`version ${versionId} lies twice: ${manifests.join(', ')}`)
  return manifests[0]?.split(' ')[1]?.split('/')[0]
}

/** The digest of a version's file as a reader gets it. */
export async function readDigest(house: TestHouse, versionId: VersionId): Promise<string> {
  const { bytes } = await readWhole(await house.reader(versionId), { versionId, path: part1 })
  return sha256(bytes)
}
