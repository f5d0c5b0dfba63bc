import { DomainError, isDomainError } from '@goldkeep/domain'

/**
 * Decodes a part of a request. What is wrong with a field of the part is told by the field's name in the whole
 * request: `digest` in `files` is `files.digest`.
 */
export function inField<T>(part: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (!isDomainError(error, 'INVALID_FIELD') || error.metadata['field'] === undefined) throw error
    const field = `${part}.${error.metadata['field']}`
    throw new DomainError('INVALID_FIELD', `${part}.${error.message}`, { ...error.metadata, field })
  }
}
