import { DomainError } from '@goldkeep/domain'

/**
 * A size or an offset of the contracts as a number.
 * @throws DomainError INVALID_FIELD when it is negative or beyond what a number holds exactly
 */
export function sizeFromProto(field: string, value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new DomainError('INVALID_FIELD', `${field}: expected 0 to 2^53, found ${value}`, { field })
  return Number(value)
}
