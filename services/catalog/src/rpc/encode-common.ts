import { catalog } from '@goldkeep/contracts'
import { DomainError } from '@goldkeep/domain'
import type { ManifestFile } from '@goldkeep/volume'
import type { Actor } from '../domain/actor.js'
import { requireReadable, type MachineIdentity } from '../domain/machine-identity.js'
import type { IssuedTicket } from '../operations/issue-ticket.js'

export const encodeActor = (actor: Actor): catalog.Actor => ({
  kind: actor.kind,
  name: actor.name,
  tokenId: actor.tokenId ?? '',
})

export const encodeMachine = (machine: MachineIdentity): catalog.Machine => ({
  uuid: machine.uuid ?? '',
  serial: machine.serial ?? '',
  macs: [...(machine.macs ?? [])],
  model: machine.model ?? '',
})

/**
 * `undefined` for a machine that says nothing of itself.
 * @param field where it is in the request
 * @throws DomainError INVALID_FIELD
 */
export function decodeMachine(
  machine: catalog.Machine | undefined,
  field: string,
): MachineIdentity | undefined {
  if (!machine) return undefined
  requireReadable(machine, field)
  const { uuid, serial, macs, model } = machine
  const identity = {
    ...(uuid && { uuid }),
    ...(serial && { serial }),
    ...(macs.length > 0 && { macs }),
    ...(model && { model }),
  }
  return Object.keys(identity).length > 0 ? identity : undefined
}

/**
 * Profiles are not there yet; an id that nobody looks up would let a machine be deployed without its profile.
 * @throws DomainError INVALID_FIELD
 */
export function refuseProfile(field: string, profileId: string | undefined): void {
  if (!profileId) return
  throw new DomainError(
    'INVALID_FIELD',
    `${field}: expected none, since there are no profiles yet; found ${JSON.stringify(profileId)}`,
    { field, expected: '', found: profileId },
  )
}

export const encodeTicket = (ticket: IssuedTicket): catalog.Ticket => ({
  token: ticket.token,
  expireTime: ticket.expireTime,
  expiresIn: BigInt(ticket.expiresIn),
})

export const encodeFile = (file: ManifestFile): catalog.FileEntry => ({
  path: file.path,
  size: BigInt(file.size),
  digests: [{ algorithm: 'sha256', value: Buffer.from(file.digests.sha256, 'hex') }],
  kind: file.kind,
  encoding: file.encoding ?? '',
})
