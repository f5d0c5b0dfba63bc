import { beforeEach } from '@jest/globals'
import { catalog, gatherAnswer, sha256ToProto } from '@goldkeep/contracts'
import { createHash } from 'node:crypto'
import { useTestCatalog } from './test-catalog.js'
import { claim, openJobId, registerVolume, sealVersion } from './versions.js'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const documentOf = ({ document }: catalog.PublishWork) =>
  JSON.parse(Buffer.from(document).toString()) as Record<string, unknown>

/** What a part brings to the volume, by its subject. */
export const recordsOf = ({ records }: catalog.PublishWork) =>
  records.map(({ subject, document }) => [
    subject?.value ?? '',
    JSON.parse(Buffer.from(document).toString()) as Record<string, unknown>,
  ]) as [string, Record<string, unknown>][]

/** An image on a volume of its own for each test, and the steps of its publication. */
export function usePublications() {
  const house = useTestCatalog()
  let volumeId: string
  let imageId: string
  let imageUid: string
  let count = 0

  async function newImage(): Promise<void> {
    imageId = `image-${(count += 1)}`
    imageUid = (await house.images.create({ imageId })).uid
  }
  beforeEach(async () => {
    volumeId = await registerVolume(house)
    await newImage()
  })

  const subjectOn = (volume = volumeId) => `${imageUid}/${volume}`
  const isOpen = async (volume = volumeId): Promise<boolean> =>
    openJobId(house, 'publish', subjectOn(volume)).then(
      () => true,
      () => false,
    )

  /** Takes the next part, as a worker does. */
  async function take(volume = volumeId) {
    const jobId = await openJobId(house, 'publish', subjectOn(volume))
    const { claimToken, work } = await claim(house, jobId)
    if (work?.$case !== 'publish') throw new Error('expected a publication')
    const part = work.value
    const confirm = (found?: catalog.HeldImage) =>
      house.coordination.confirmCommand({ jobId, claimToken, ...(found && { found }) })
    return { part, confirm }
  }

  async function publish(volume = volumeId): Promise<catalog.PublishWork> {
    const { part, confirm } = await take(volume)
    await confirm()
    return part
  }

  const seal = async (volume = volumeId) => (await sealVersion(house, imageId, volume)).versionId
  const epochOf = async () =>
    (await house.db.selectFrom('house').select('epoch').executeTakeFirstOrThrow()).epoch
  const recordImages = (images: readonly Partial<catalog.HeldImage>[], on = volumeId) =>
    gatherAnswer(
      house.coordination.recordInventory(
        (async function* () {
          yield { volumeId: on, images: [...images], complete: true }
        })(),
      ),
    )
  const heldAs = (part: catalog.PublishWork): catalog.HeldImage => ({
    imageId,
    imageUid,
    epoch: part.epoch,
    generation: part.generation,
    documentDigest: sha256ToProto(sha256(part.document)),
    nextNumber: Number(documentOf(part).next_number),
    deleted: false,
  })
  const unknownImage = (epoch: number, generation: bigint, nextNumber = 0): catalog.HeldImage => ({
    imageId,
    imageUid,
    epoch: BigInt(epoch),
    generation,
    documentDigest: sha256ToProto('ab'.repeat(32)),
    nextNumber,
    deleted: false,
  })

  return {
    get volumeId() {
      return volumeId
    },
    get imageId() {
      return imageId
    },
    get imageUid() {
      return imageUid
    },
    house,
    newImage,
    subjectOn,
    isOpen,
    take,
    publish,
    seal,
    epochOf,
    recordImages,
    heldAs,
    unknownImage,
  }
}
