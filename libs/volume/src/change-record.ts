import { parseHouseId, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatCheckedDocument, formatMajor, orderNumber, parseDocument, parsedBy } from './format.js'

const changeRecord = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  image: parsedBy(parseImageId),
  /** The image's uid. */
  uid: parsedBy(parseUid),
  /** Unique in the world. */
  change: z.string(),
  /** Of the catalog when this was published. */
  epoch: orderNumber,
  /** Orders the moves of one image in one catalog. */
  sequence: z.number().int().nonnegative(),
  kind: z.string(),
  from: parsedBy(parseVersionId).nullable(),
  to: parsedBy(parseVersionId).nullable(),
  actor: z.looseObject({ kind: z.string(), name: z.string() }),
  reason: z.string(),
  forced: z.boolean(),
  /** RFC 3339. */
  changed_at: z.string(),
})

/**
 * `images/<image>/history/<change>.json`: one move of the primary pointer. It never changes, and stays also
 * when the database that made it was replaced by an older copy: it happened.
 */
export type ChangeRecord = Readonly<z.output<typeof changeRecord>>

/** @throws DomainError INVALID_FIELD */
export function parseChangeRecord(bytes: Uint8Array): ChangeRecord {
  return parseDocument('change record', changeRecord, bytes)
}

export function formatChangeRecord(record: ChangeRecord): Uint8Array {
  return formatCheckedDocument(record)
}
