import { parseHouseId, parseImageId, parseUid, parseVersionId, parseVolumeId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatCheckedDocument, formatMajor, orderNumber, parseDocument, parsedBy } from './format.js'

const sidecar = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  volume: parsedBy(parseVolumeId),
  image: parsedBy(parseImageId),
  /** The image's uid. */
  uid: parsedBy(parseUid),
  version: parsedBy(parseVersionId),
  /** The directory that it was, from the volume's root. */
  whence: z.string(),
  /** RFC 3339. */
  trashed: z.string(),
  by: z.string().optional(),
  why: z.string().optional(),
  /** The command that did it. */
  epoch: orderNumber,
  op_seq: z.number().int().nonnegative(),
})

/** What is kept beside a version in the trash: `<version>@<time>.json`. */
export type TrashSidecar = Readonly<z.output<typeof sidecar>>

/** @throws DomainError INVALID_FIELD */
export function parseTrashSidecar(bytes: Uint8Array): TrashSidecar {
  return parseDocument('trash sidecar', sidecar, bytes)
}

export function formatTrashSidecar(document: TrashSidecar): Uint8Array {
  return formatCheckedDocument(document)
}
