import {
  parseFilePath,
  parseHouseId,
  parseImageId,
  parseUid,
  parseVersionId,
  parseVolumeId,
} from '@goldkeep/domain'
import { z } from 'zod'
import { formatDocument, formatMajor, parseDocument, parsedBy } from './format.js'

const file = z.looseObject({
  path: parsedBy(parseFilePath),
  /** In bytes. */
  size: z.number().int().nonnegative(),
  digests: z.looseObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** What the bytes are, found by looking at them. */
  kind: z.string(),
  /** How the stored bytes are encoded; absent: as the client sent them. */
  encoding: z.string().optional(),
})

const capture = z.looseObject({
  environment: z.enum(['winpe', 'linux']),
  type: z.enum(['file', 'block', 'both']),
  profileId: z.string().optional(),
  schemaOnly: z.boolean(),
  skipLvmShrink: z.boolean(),
  customSchema: z.boolean(),
})

const manifest = z.looseObject({
  format: z.literal(formatMajor),
  house: parsedBy(parseHouseId),
  /** Where it was sealed first. */
  volume: parsedBy(parseVolumeId),
  image: parsedBy(parseImageId),
  /** The image's uid; an image id that is used again has another. */
  uid: parsedBy(parseUid),
  version: parsedBy(parseVersionId),
  /** RFC 3339. */
  began: z.string(),
  /** RFC 3339. */
  sealed: z.string(),
  agent: z.string().optional(),
  source: z
    .looseObject({
      uuid: z.string().optional(),
      serial: z.string().optional(),
      macs: z.array(z.string()).optional(),
      model: z.string().optional(),
    })
    .optional(),
  /** The version whose bytes these are, when it was made as a clone. */
  cloned_from: z
    .looseObject({
      version: parsedBy(parseVersionId),
      image: parsedBy(parseImageId),
      uid: parsedBy(parseUid),
      /** RFC 3339. */
      time: z.string(),
      by: z.string().optional(),
    })
    .optional(),
  capture,
  /** The schema first, then the others by path. */
  files: z.array(file),
})

/** What a version contains and where it came from: `version.json`. */
export type Manifest = Readonly<z.output<typeof manifest>>
export type ManifestFile = Manifest['files'][number]

/** @throws DomainError INVALID_FIELD */
export function parseManifest(bytes: Uint8Array): Manifest {
  return parseDocument('version.json', manifest, bytes)
}

export function formatManifest(document: Manifest): Uint8Array {
  return formatDocument(document)
}
