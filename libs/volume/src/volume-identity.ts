import { parseHouseId, parseVolumeId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatCheckedDocument, formatMajor, parseDocument, parsedBy } from './format.js'

const identity = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  volume: parsedBy(parseVolumeId),
})

/** Which volume this is, and of which house: `volume.json`. */
export type VolumeIdentity = Readonly<z.output<typeof identity>>

/** @throws DomainError INVALID_FIELD */
export function parseVolumeIdentity(bytes: Uint8Array): VolumeIdentity {
  return parseDocument('volume.json', identity, bytes)
}

export function formatVolumeIdentity(document: VolumeIdentity): Uint8Array {
  return formatCheckedDocument(document)
}
