import { parseImageId, parseUid, parseVersionId } from '@goldkeep/domain'
import { z } from 'zod'
import { formatDocument, formatMajor, parseDocument, parsedBy } from './format.js'

const imageDocument = z.looseObject({
  format: z.literal(formatMajor),
  house: z.string(),
  image: parsedBy(parseImageId),
  uid: parsedBy(parseUid),
  /** Of the catalog, when it published. */
  epoch: z.number().int().nonnegative(),
  /** Of the image; counts up with every change that is published. */
  generation: z.number().int().nonnegative(),
  primary: parsedBy(parseVersionId).nullable(),
  deleted_at: z.string().nullish(),
})

/** What storage reads of `image.json`; all else in it is the catalog's and is kept as it came. */
export type ImageDocument = Readonly<z.output<typeof imageDocument>>

/** @throws DomainError INVALID_FIELD */
export function parseImageDocument(bytes: Uint8Array): ImageDocument {
  return parseDocument('image.json', imageDocument, bytes)
}

export function formatImageDocument(document: ImageDocument): Uint8Array {
  return formatDocument(document)
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
