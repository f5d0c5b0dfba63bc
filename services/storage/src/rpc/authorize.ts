import { DomainError, type DeploymentId, type VersionId, type VolumeId } from '@goldkeep/domain'
import { bearerOf } from '@goldkeep/service'
import { storageOf, verifyServiceTicket, type TicketClaims, type UploadGrant } from '@goldkeep/tickets'
import type { CallContext } from 'nice-grpc-common'

/** The door: who may call what. Tickets are checked when a call opens, never in mid-stream. */
export interface Door {
  /** @throws DomainError TICKET_INVALID, TICKET_EXPIRED, PERMISSION_DENIED */
  uploadOf(context: CallContext, versionId: VersionId): Promise<UploadGrant>
  /** @throws DomainError TICKET_INVALID, TICKET_EXPIRED, PERMISSION_DENIED */
  readingOf(
    context: CallContext,
    versionId: VersionId,
  ): Promise<{ readonly deploymentId: DeploymentId | undefined }>
  /** @throws DomainError UNAUTHENTICATED, also where the service means the storage of another volume */
  requireService(context: CallContext): Promise<void>
}

/** What a ticket allows. @throws DomainError TICKET_INVALID, TICKET_EXPIRED */
export type VerifyTicket = (ticket: string) => Promise<TicketClaims>

export function createDoor(verifyTicket: VerifyTicket, serviceKey: Uint8Array, volumeId: VolumeId): Door {
  const claimsOf = (context: CallContext) => verifyTicket(bearerOf(context.metadata))
  return {
    uploadOf: async (context, versionId) => {
      const claims = await claimsOf(context)
      if (claims.operation !== 'upload' || claims.versionId !== versionId)
        throw notFor(versionId, 'upload', `${claims.operation} of ${claims.versionId}`)
      return claims.upload
    },
    readingOf: async (context, versionId) => {
      const claims = await claimsOf(context)
      if (claims.operation !== 'read' || claims.versionId !== versionId)
        throw notFor(versionId, 'read', `${claims.operation} of ${claims.versionId}`)
      return { deploymentId: claims.deploymentId }
    },
    requireService: async (context) => {
      await verifyServiceTicket(serviceKey, bearerOf(context.metadata), storageOf(volumeId))
    },
  }
}

function notFor(versionId: VersionId, operation: string, found: string): DomainError {
  return new DomainError(
    'PERMISSION_DENIED',
    `expected a ticket for ${operation} of ${versionId}, found one for ${found}`,
    { expected: `${operation} of ${versionId}`, found },
  )
}
