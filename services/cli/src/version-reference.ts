import type { CatalogConnection } from '@goldkeep/client'
import type { catalog } from '@goldkeep/contracts'
import { usageError } from './cli-error.js'

/**
 * The reference that the catalog resolves: `win11-lab@13`, `win11-lab@primary`, an id or its prefix.
 * With an image, `13`, `@13`, `primary` and `latest` are completed by it.
 */
export function formatReference(version: string, imageId?: string): string {
  const word = version.replace(/^@/, '')
  const within = /^(\d{1,7}|primary|latest)$/.test(word)
  if (!within) return version
  if (imageId === undefined)
    throw usageError(`${version} names a version only within an image; say which, such as win11-lab@${word}`)
  return `${imageId}@${word}`
}

/** The version that is meant; one of another image than the one named is refused. */
export async function findVersion(
  connection: CatalogConnection,
  version: string,
  imageId?: string,
): Promise<catalog.Version> {
  const value = formatReference(version, imageId)
  const found = await connection.versions.get({ by: { $case: 'reference', value } })
  if (imageId !== undefined && found.imageId.toLowerCase() !== imageId.toLowerCase())
    throw usageError(`${found.versionId} is a version of ${found.imageId}, not of ${imageId}`)
  return found
}
