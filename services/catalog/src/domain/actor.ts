/** Who does something, as history and audit keep it. */
export interface Actor {
  readonly kind: 'user' | 'service' | 'system'
  /** The token's name, or the service's. */
  readonly name: string
  readonly tokenId?: string
}

/** The catalog itself, where nobody asked: expiry, first start. */
export const systemActor: Actor = { kind: 'system', name: 'catalog' }
