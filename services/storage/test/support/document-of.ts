import { formatImageDocument, formatMajor } from '@goldkeep/volume'
import { parseHouseId, type VersionId } from '@goldkeep/domain'
import { imageId, imageUid } from './test-house.js'

/** The image.json of an image, the tests' own unless told. */
export function documentOf(
  house: string,
  generation: number,
  primary?: VersionId,
  { image = imageId, uid = imageUid, epoch = 1 } = {},
): Uint8Array {
  return formatImageDocument({
    format: formatMajor,
    house: parseHouseId(house),
    image,
    uid,
    epoch,
    generation,
    primary: primary ?? null,
  })
}
