import { catalog } from '@goldkeep/contracts'
import { clientsWithBearer, openChannel } from '@goldkeep/service'
import { signServiceTicket } from '@goldkeep/tickets'
import type { Client, ClientMiddleware } from 'nice-grpc'

export type CoordinationClient = Client<typeof catalog.CoordinationDefinition>

/** A connection to the catalog, by which this service shows that it is one of the house. */
export function connectCatalog(
  address: string,
  serviceKey: Uint8Array,
  middleware: ClientMiddleware,
): { readonly catalog: CoordinationClient; close(): void } {
  const channel = openChannel(address)
  const factory = clientsWithBearer(() => signServiceTicket(serviceKey, 'storage', 'catalog')).use(middleware)
  return {
    catalog: factory.create(catalog.CoordinationDefinition, channel),
    close: () => channel.close(),
  }
}
