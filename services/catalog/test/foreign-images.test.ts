import { catalog, gatherAnswer } from '@goldkeep/contracts'
import { expect, test } from '@jest/globals'
import { reason } from './support/reason.js'
import { useLab } from './support/versions.js'

const { house, volumeId } = useLab()

/** An inventory of a volume that has these images and nothing else. */
const record = (...images: Partial<catalog.HeldImage>[]) =>
  gatherAnswer(
    house.coordination.recordInventory(
      (async function* () {
        yield {
          volumeId,
          images: images.map((image) => catalog.HeldImage.fromPartial(image)),
          complete: true,
        }
      })(),
    ),
  )

test('an image that a volume has and nobody knows keeps its name from others, and people are told', async () => {
  const image = { imageId: 'Found', imageUid: 'uid-0123456789abcdefghij', epoch: 1n, generation: 3n }
  await record(image, { ...image, imageId: 'gone', imageUid: 'uid-abcdefghij0123456789', deleted: true })
  await expect(house.images.create({ imageId: 'found' })).rejects.toEqual(reason('IMAGE_ON_VOLUME'))
  await house.images.create({ imageId: 'gone' })
  const { volumes } = await house.volumes.list({})
  const told = volumes.find((volume) => volume.volumeId === volumeId)?.troubles
  expect(told).toEqual([expect.stringMatching(/an image Found \(uid-.* that the catalog does not know/)])
  await record()
  await house.images.create({ imageId: 'found' })
})
