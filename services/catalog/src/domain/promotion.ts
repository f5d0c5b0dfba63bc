import { DomainError, type Lifecycle, type Mark, type Presence, type Verdict } from '@goldkeep/domain'

/** What of a version decides whether it may become primary. */
export interface PromotionCandidate {
  readonly versionId: string
  readonly number: number
  readonly lifecycle: Lifecycle
  readonly presence: Presence
  readonly verdict: Verdict
  readonly mark: Mark | null
}

/**
 * Whether a version may become primary: sealed and present always; valid, undamaged and not marked bad
 * unless forced with a reason.
 * @throws DomainError that names the first thing in the way
 */
export function assertPromotable(
  version: PromotionCandidate,
  options: { force: boolean; reason: string },
): void {
  if (options.force && options.reason.trim() === '')
    throw new DomainError('INVALID_FIELD', 'reason: expected why the promotion is forced, found none', {
      field: 'reason',
    })
  assertSealedAndPresent(version)
  const obstacle = findObstacle(version)
  if (obstacle && !options.force) throw obstacle
}

/** What no force overrides: the bytes must be there. */
export function assertSealedAndPresent(version: PromotionCandidate): void {
  const metadata = { version_id: version.versionId }
  if (version.lifecycle !== 'SEALED')
    throw new DomainError(
      'VERSION_NOT_SEALED',
      `version ${version.versionId}: expected SEALED, found ${version.lifecycle}; only a sealed version can be primary`,
      { ...metadata, lifecycle: version.lifecycle },
    )
  if (version.presence === 'MISSING')
    throw new DomainError(
      'VERSION_MISSING',
      `version ${version.versionId}: its bytes are missing from the volume; put them back, or choose another`,
      metadata,
    )
}

function findObstacle(version: PromotionCandidate): DomainError | undefined {
  const metadata = { version_id: version.versionId }
  const force = 'promote another, or this one with force and a reason'
  if (version.presence === 'DAMAGED')
    return new DomainError(
      'VERSION_DAMAGED',
      `version ${version.versionId}: its bytes differ from its manifest; ${force}`,
      metadata,
    )
  if (version.mark === 'BAD')
    return new DomainError(
      'VERSION_MARKED_BAD',
      `version ${version.versionId} is marked bad; ${force}`,
      metadata,
    )
  if (version.verdict !== 'VALID')
    return new DomainError(
      'VERSION_NOT_VALID',
      `version ${version.versionId}: expected VALID, found ${version.verdict}; ${force}`,
      { ...metadata, verdict: version.verdict },
    )
  return undefined
}
