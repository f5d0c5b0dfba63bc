import {
  DomainError,
  type Command,
  type Lifecycle,
  type Mark,
  type Presence,
  type Verdict,
} from '@goldkeep/domain'

/** What of a version decides whether it may become primary. */
export interface PromotionCandidate {
  readonly versionId: string
  readonly number: number
  readonly lifecycle: Lifecycle
  readonly presence: Presence
  readonly verdict: Verdict
  readonly mark: Mark | null
  /** What storage has been told to do with it and has not confirmed. */
  readonly pendingCommand: Command | null
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
  if (version.pendingCommand !== null)
    throw new DomainError(
      'VERSION_IN_USE',
      `version ${version.versionId}: expected no command under way, found ${version.pendingCommand}; ` +
        'wait until storage has carried it out, then look again',
      { ...metadata, pending: version.pendingCommand },
    )
  if (version.presence === 'MISSING')
    throw new DomainError(
      'VERSION_MISSING',
      `version ${version.versionId}: its bytes are missing from the volume; put them back, or choose another`,
      metadata,
    )
}

/** Whether nothing stands in the way of its bytes: what a rollback looks for by itself. */
export const isSealedAndWhole = (version: PromotionCandidate): boolean =>
  version.lifecycle === 'SEALED' && version.presence === 'PRESENT' && version.pendingCommand === null

const force = 'promote another, or this one with force and a reason'

export const versionDamaged = (versionId: string): DomainError =>
  new DomainError('VERSION_DAMAGED', `version ${versionId}: its bytes differ from its manifest; ${force}`, {
    version_id: versionId,
  })

function findObstacle(version: PromotionCandidate): DomainError | undefined {
  const metadata = { version_id: version.versionId }
  if (version.presence === 'DAMAGED') return versionDamaged(version.versionId)
  if (version.presence === 'UNREADABLE')
    return new DomainError(
      'VERSION_UNREADABLE',
      `version ${version.versionId}: its volume cannot read it at present and tries again by itself; wait, or ${force}`,
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
