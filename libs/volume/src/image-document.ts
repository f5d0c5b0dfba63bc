import { parseHouseId, parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatCheckedDocument, formatMajor, orderNumber, parseDocument, parsedBy } from './format.js'

const profile = z.looseObject({
  uid: z.string(),
  profile: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.unknown()),
  /** RFC 3339; a profile that was deleted stays as a tombstone. */
  deleted_at: z.string().nullish(),
})

const imageDocument = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  image: parsedBy(parseImageId),
  uid: parsedBy(parseUid),
  /** Of the catalog, when it published. */
  epoch: orderNumber,
  /** Of the image; counts up with every change that is published. */
  generation: orderNumber,
  /** Drawn at random for this generation, so that no other one with its number has the same bytes. */
  generation_id: z.string().optional(),
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  enabled: z.boolean().optional(),
  environment: z.string().optional(),
  type: z.string().optional(),
  visible: z.boolean().optional(),
  legacy_name: z.string().nullish(),
  policy: z.record(z.string(), z.unknown()).optional(),
  retention: z.record(z.string(), z.unknown()).nullish(),
  /** The number that the image's next version gets. */
  next_number: z.number().int().positive().optional(),
  created_at: z.string().optional(),
  deleted_at: z.string().nullish(),
  profiles: z.array(profile).optional(),
  primary: parsedBy(parseVersionId).nullable(),
})

/**
 * `image.json`: the image itself. What is of one version, and each move of the primary pointer, is in a
 * file of its own, so that this one stays small however long the image's story is.
 */
export type ImageDocument = Readonly<z.output<typeof imageDocument>>

/** @throws DomainError INVALID_FIELD */
export function parseImageDocument(bytes: Uint8Array): ImageDocument {
  return parseDocument('image.json', imageDocument, bytes)
}

export function formatImageDocument(document: ImageDocument): Uint8Array {
  return formatCheckedDocument(document)
}

/** Where an image's publication stands; ordered by epoch, then generation. */
export interface PublicationStand {
  readonly epoch: number
  readonly generation: number
}

/** Negative when `a` is older than `b`, 0 when they are the same. */
export function comparePublications(a: PublicationStand, b: PublicationStand): number {
  return a.epoch - b.epoch || a.generation - b.generation
}
