import { isDomainError } from '@goldkeep/domain'
import type { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import { isTransient } from './retry.js'

/** Where the bytes are, and the leave to touch them. */
export interface StorageAccess {
  readonly address: string
  readonly token: string
  /** Seconds from now; the clocks of boot environments are wrong. */
  readonly expiresIn: number
}

/** Gives the access that is valid now. */
export interface TicketSource {
  current(): Promise<StorageAccess>
  /** Asks for another although the present one seems valid: storage refused it. */
  renew(): Promise<StorageAccess>
}

/** A ticket is renewed when this much of its life is left. */
const renewBeforeSeconds = 60

/**
 * Issues a ticket when none is there, and renews it before it expires. While it is still valid an
 * unreachable catalog does not matter: what has begun goes on.
 */
export function createTicketSource(
  issue: () => Promise<StorageAccess>,
  first?: StorageAccess,
  now: () => number = () => performance.now(),
): TicketSource {
  let held = first && { access: first, expiresAt: now() + first.expiresIn * 1000 }
  let renewing: Promise<StorageAccess> | undefined
  const renew = (): Promise<StorageAccess> => {
    renewing ??= issue()
      .then((access) => {
        held = { access, expiresAt: now() + access.expiresIn * 1000 }
        return access
      })
      .finally(() => (renewing = undefined))
    return renewing
  }
  const current = async (): Promise<StorageAccess> => {
    if (!held) return renew()
    const leftSeconds = (held.expiresAt - now()) / 1000
    if (leftSeconds > renewBeforeSeconds) return held.access
    const { access } = held
    return renew().catch((error: unknown) => {
      const away = isDomainError(error, 'UNAVAILABLE') || isTransient(error)
      if (away && leftSeconds > 0) return access
      throw error
    })
  }
  return { current, renew }
}

/**
 * The access that a catalog's answer holds.
 * @throws DomainError NO_VOLUME when the volume has no address
 */
export function accessFrom(answer: {
  readonly ticket?: catalog.Ticket | undefined
  readonly volume?: catalog.VolumeAddress | undefined
}): StorageAccess {
  const { ticket, volume } = answer
  if (!ticket || !volume?.address)
    throw new DomainError('NO_VOLUME', 'the catalog gave no address of a storage service', {
      volume: volume?.volumeId ?? '',
    })
  return { address: volume.address, token: ticket.token, expiresIn: Number(ticket.expiresIn) }
}
