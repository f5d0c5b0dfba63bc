import { parseHouseId, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatCheckedDocument, formatMajor, orderNumber, parseDocument, parsedBy } from './format.js'

const versionRecord = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  image: parsedBy(parseImageId),
  /** The image's uid. */
  uid: parsedBy(parseUid),
  version: parsedBy(parseVersionId),
  /** Of the catalog, and of the image, when this was published. */
  epoch: orderNumber,
  generation: orderNumber,
  number: z.number().int().positive(),
  lifecycle: z.string(),
  manifest_sha256: z.string(),
  /** Times are RFC 3339. */
  sealed_at: z.string().nullish(),
  note: z.string(),
  labels: z.record(z.string(), z.string()),
  mark: z.string().nullish(),
  mark_reason: z.string().nullish(),
  protected: z.boolean(),
  hold_until: z.string().nullish(),
  verdict: z.string(),
  verdict_at: z.string().nullish(),
  adopted: z.boolean(),
  /** Of its test: PASSED or FAILED. */
  outcome: z.string().nullish(),
})

/**
 * `images/<image>/versions/<version>.json`: what people and checks said of a version, as of its last
 * publication. It is beside the version's directory, which never changes, and stays when that is gone.
 */
export type VersionRecord = Readonly<z.output<typeof versionRecord>>

/** @throws DomainError INVALID_FIELD */
export function parseVersionRecord(bytes: Uint8Array): VersionRecord {
  return parseDocument('version record', versionRecord, bytes)
}

export function formatVersionRecord(record: VersionRecord): Uint8Array {
  return formatCheckedDocument(record)
}
