import { formatImageDocument, formatMajor } from '@goldkeep/volume'
import { parseHouseId, type VersionId } from '@goldkeep/domain'
import { imageId, imageUid } from './test-house.js'

/** The image.json of the tests' image. */
export function documentOf(house: string, generation: number, primary?: VersionId): Uint8Array {
  return formatImageDocument({
    format: formatMajor,
    house: parseHouseId(house),
    image: imageId,
    uid: imageUid,
    epoch: 1,
    generation,
    primary: primary ?? null,
  })
}
