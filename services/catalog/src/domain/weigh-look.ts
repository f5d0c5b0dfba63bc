import type { Presence } from '@goldkeep/domain'

type StoredPresence = Exclude<Presence, 'UNREADABLE'>

/** What is known of a version's bytes on one volume. */
export interface KnownLocation {
  readonly presence: StoredPresence
  readonly found: string
  readonly fingerprint: string
}

/** What was sealed. */
export interface SealedVersion {
  readonly versionId: string
  readonly imageId: string
  readonly manifestDigest: string | null
}

/** What storage found when it looked at the version, without reading any file's content. */
export interface Look {
  readonly presence: Presence
  readonly found: string
  /** Of a PRESENT one: in whose directory it is. */
  readonly imageId: string
  /** Hex. */
  readonly manifestDigest: string
  readonly fingerprint: string
}

/** What is known after the look. */
export interface WeighedLook extends KnownLocation {
  readonly isUnreadable: boolean
  /** The digests must be compared: a look alone cannot say whether the bytes are right. */
  readonly isDoubted: boolean
}

/**
 * What follows from a look. It can show that bytes are gone or damaged; that damage is over only a comparison of
 * digests shows, and one is called for when a file changed since the last look.
 */
export function weighLook(known: KnownLocation, look: Look, sealed: SealedVersion): WeighedLook {
  switch (look.presence) {
    case 'UNREADABLE':
      return { ...known, isUnreadable: true, isDoubted: false }
    case 'MISSING':
      // The fingerprint stays: a directory that is put back as it was needs no comparison.
      return { ...known, presence: 'MISSING', found: look.found, isUnreadable: false, isDoubted: false }
    case 'DAMAGED':
      return damaged(known, look.found)
    case 'PRESENT':
      return weighPresent(known, look, sealed)
  }
}

function weighPresent(known: KnownLocation, look: Look, sealed: SealedVersion): WeighedLook {
  const { versionId, imageId, manifestDigest } = sealed
  if (look.imageId !== imageId) {
    const place = (image: string): string => `images/${image}/versions/${versionId}`
    return damaged(known, `expected ${place(imageId)}, found ${place(look.imageId)}: move it back`)
  }
  if (look.manifestDigest === manifestDigest) return whole(known, look.fingerprint)
  return damaged(
    known,
    `version.json: expected sha256 ${manifestDigest ?? 'none'}, found ${look.manifestDigest || 'none'}`,
  )
}

function damaged(known: KnownLocation, found: string): WeighedLook {
  const isKnown = known.presence === 'DAMAGED' && known.found === found
  return { ...known, presence: 'DAMAGED', found, isUnreadable: false, isDoubted: !isKnown }
}

function whole(known: KnownLocation, fingerprint: string): WeighedLook {
  const isChanged = known.fingerprint !== fingerprint
  const isFirst = known.fingerprint === ''
  const wasDamaged = known.presence === 'DAMAGED'
  const wasLookedWrong = wasDamaged && known.found !== ''
  const wasAway = known.presence !== 'PRESENT'
  return {
    presence: wasDamaged ? 'DAMAGED' : 'PRESENT',
    found: '',
    fingerprint,
    isUnreadable: false,
    isDoubted: wasLookedWrong || (isChanged && (wasAway || !isFirst)),
  }
}
