import { DomainError } from '@goldkeep/domain'
import type { Actor } from '../domain/actor.js'

/** What a caller may do, by the role of its token. More roles are added here. */
export type Role = 'admin' | 'service'

/** A caller: who it is for history, and what it may do. */
export interface Caller {
  readonly actor: Actor
  readonly role: Role
}

const coordination = '/goldkeep.catalog.v1.Coordination/'

/** Which methods each role may call; a method is `/goldkeep.catalog.v1.Images/Promote`. */
const permissions = {
  admin: (method) => !method.startsWith(coordination),
  service: (method) => method.startsWith(coordination),
} as const satisfies Record<Role, (method: string) => boolean>

/** Whether a method is for the services of the house, who present service tickets. */
export const isForServices = (method: string): boolean => method.startsWith(coordination)

/** @throws DomainError PERMISSION_DENIED */
export function authorize(caller: Caller, method: string): void {
  if (permissions[caller.role](method)) return
  throw new DomainError('PERMISSION_DENIED', `${caller.actor.name} (${caller.role}) may not call ${method}`, {
    method,
    role: caller.role,
  })
}
