import { isDomainError, type Reason } from '@goldkeep/domain'

/** These say that what storage has is not what the orders name. */
const faults: readonly Reason[] = [
  'DIGEST_MISMATCH',
  'SIZE_MISMATCH',
  'VERSION_DAMAGED',
  'VERSION_MISSING',
  'VERSION_NOT_FOUND',
  'VERSION_GONE',
  'FILE_NOT_FOUND',
  'IO_ERROR',
]

/**
 * The bytes of a read. When they turn out to be wrong or cannot be had, that is reported before the error is thrown; a
 * report that fails changes nothing.
 */
export async function* tellFaults(
  bytes: AsyncGenerator<Uint8Array>,
  report: (message: string) => Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    if (isDomainError(error) && faults.includes(error.reason)) await report(error.message).catch(() => {})
    throw error
  }
}
