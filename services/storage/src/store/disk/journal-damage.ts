import { DomainError } from '@goldkeep/domain'
import type { DecodedJournal } from './journal-frames.js'

/**
 * Records of the journal that were acknowledged cannot be read. The file is kept as it is, and what depends on
 * it is refused until an administrator has it repaired.
 */
export class JournalDamagedError extends DomainError {
  constructor(
    readonly path: string,
    readonly decoded: DecodedJournal,
  ) {
    super(
      'JOURNAL_DAMAGED',
      `${describeDamage(path, decoded)}. ` +
        'It is kept as it is, and what depends on it is refused until it is repaired: stop this storage service, then ' +
        'run `node services/storage/dist/bundle.js repair VOLUME` (see docs/operations/damaged-journals.md)',
      { path, byte: String(decoded.goodBytes) },
    )
  }
}

function describeDamage(
  path: string,
  { goodBytes, frameCount, expectedFrames, later }: DecodedJournal,
): string {
  if (frameCount === 0 && later.length === 0)
    return `nothing of ${path} can be read: it is absent, empty or overwritten, and what was acknowledged is lost with it`
  if (expectedFrames === undefined || later.length > 0)
    return `${path} is damaged at byte ${goodBytes}, and records that were acknowledged may be lost in it`
  return (
    `${path} is too short: expected at least ${expectedFrames} whole frames, found ${frameCount}; ` +
    'records that were acknowledged are lost at its end'
  )
}
