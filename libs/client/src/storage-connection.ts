import { storage } from '@goldkeep/contracts'
import { isDomainError } from '@goldkeep/domain'
import type { Channel } from 'nice-grpc'
import { openChannel } from './channel.js'
import { clientsWithBearer } from './clients-with-bearer.js'
import { toCallError, withRetries, type RetryPolicy } from './retry.js'
import type { TicketSource } from './ticket-source.js'

export interface StorageClients {
  readonly uploadData: storage.UploadDataClient
  readonly versionData: storage.VersionDataClient
}

/** The storage service that holds one upload or version. */
export interface StorageConnection {
  /** Calls with a valid ticket; one that storage finds expired is renewed once. No retries. */
  once<T>(call: (clients: StorageClients) => Promise<T>): Promise<T>
  /** The same, repeated while storage cannot be reached. Fails with a DomainError. */
  call<T>(call: (clients: StorageClients) => Promise<T>, retry?: RetryPolicy): Promise<T>
  /** A failure of `once` as a DomainError. */
  toError(error: unknown): unknown
  close(): void
}

/** Connects to where the ticket's volume is now; a volume that moves is followed. */
export function connectStorage(tickets: TicketSource, defaultRetry: RetryPolicy): StorageConnection {
  let open: { address: string; channel: Channel } | undefined

  const clientsFor = async (access: { address: string; token: string }): Promise<StorageClients> => {
    if (open?.address !== access.address) {
      open?.channel.close()
      open = { address: access.address, channel: openChannel(access.address) }
    }
    const factory = clientsWithBearer(() => access.token)
    return {
      uploadData: factory.create(storage.UploadDataDefinition, open.channel),
      versionData: factory.create(storage.VersionDataDefinition, open.channel),
    }
  }

  const once: StorageConnection['once'] = async (call) => {
    const clients = await clientsFor(await tickets.current())
    try {
      return await call(clients)
    } catch (error) {
      if (!isDomainError(error, 'TICKET_EXPIRED')) throw error
      return call(await clientsFor(await tickets.renew()))
    }
  }
  const toError = (error: unknown): unknown => toCallError(error, 'the storage service', open?.address ?? '?')

  return {
    once,
    toError,
    call: async (call, retry = defaultRetry) => {
      try {
        return await withRetries(retry, () => once(call))
      } catch (error) {
        throw toError(error)
      }
    },
    close: () => open?.channel.close(),
  }
}
