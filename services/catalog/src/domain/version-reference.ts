import { DomainError, isVersionId, parseImageId, type ImageId, type VersionId } from '@goldkeep/domain'

/** How a person names a version. */
export type VersionReference =
  | { readonly by: 'id'; readonly versionId: VersionId }
  | { readonly by: 'number'; readonly imageId: ImageId; readonly number: number }
  | { readonly by: 'primary' | 'latest'; readonly imageId: ImageId }
  | { readonly by: 'prefix'; readonly prefix: string; readonly imageId?: ImageId }

const prefixPattern = /^\d{4}[0-9TZ]*(-[0-9a-z]*)?$/
const largestNumber = 2 ** 31 - 1

/**
 * Reads `win11-lab@13`, `win11-lab@primary`, `win11-lab@latest`, `win11-lab@<prefix>`, a version id, or a
 * prefix of one.
 * @throws DomainError INVALID_FIELD
 */
export function parseVersionReference(text: string): VersionReference {
  const at = text.indexOf('@')
  if (at < 0) return parseBare(text)
  const imageId = parseImage(text, text.slice(0, at))
  const which = text.slice(at + 1)
  if (which === 'primary' || which === 'latest') return { by: which, imageId }
  if (/^[1-9]\d*$/.test(which) && Number(which) <= largestNumber && which.length < 8)
    return { by: 'number', imageId, number: Number(which) }
  if (prefixPattern.test(which)) return { by: 'prefix', prefix: which, imageId }
  throw refuse(text)
}

/** A bad image is told as a fault of the reference, which is what the caller wrote. */
function parseImage(reference: string, image: string): ImageId {
  try {
    return parseImageId(image)
  } catch {
    throw refuse(reference)
  }
}

function parseBare(text: string): VersionReference {
  if (isVersionId(text)) return { by: 'id', versionId: text }
  if (prefixPattern.test(text)) return { by: 'prefix', prefix: text }
  throw refuse(text)
}

function refuse(text: string): DomainError {
  const found = text.slice(0, 200)
  return new DomainError(
    'INVALID_FIELD',
    'reference: expected IMAGE@NUMBER, IMAGE@primary, IMAGE@latest, a version id or the beginning of one, ' +
      `found ${JSON.stringify(found)}`,
    { field: 'reference', found },
  )
}
