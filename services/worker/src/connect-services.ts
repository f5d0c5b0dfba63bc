import { catalog, storage } from '@goldkeep/contracts'
import { DomainError, parseVolumeId } from '@goldkeep/domain'
import { clientsWithBearer, openChannel } from '@goldkeep/service'
import { signServiceTicket, storageOf } from '@goldkeep/tickets'
import { waitForChannelReady } from 'nice-grpc'

interface Access {
  readonly serviceKey: Uint8Array
  readonly catalogAddress: string
}

/** The catalog, as the services of its house see it. */
export function connectCatalog({ serviceKey, catalogAddress }: Access): {
  readonly coordination: catalog.CoordinationClient
  close(): void
} {
  const channel = openChannel(catalogAddress)
  const clients = clientsWithBearer(() => signServiceTicket(serviceKey, 'worker', 'catalog'))
  return {
    coordination: clients.create(catalog.CoordinationDefinition, channel),
    close: () => channel.close(),
  }
}

/** Gives commands to the storage service of a volume, and to no other that has its address by now. */
export type StorageCaller = <T>(
  volume: catalog.VolumeAddress,
  use: (admin: storage.VersionAdminClient) => Promise<T>,
) => Promise<T>

/** Milliseconds in which storage must take a connection: a volume that is gone must not hold up the others. */
const connectMs = 5_000

/** A connection for each use: commands are rare, and the address may be another one next time. */
export function storageCaller({ serviceKey }: Access): StorageCaller {
  return async ({ volumeId, address }, use) => {
    const called = storageOf(parseVolumeId(volumeId))
    const clients = clientsWithBearer(() => signServiceTicket(serviceKey, 'worker', called))
    const channel = openChannel(address)
    try {
      await waitForChannelReady(channel, new Date(Date.now() + connectMs)).catch((error: unknown) => {
        throw new DomainError(
          'UNAVAILABLE',
          `storage at ${address} takes no connection`,
          {},
          { cause: error },
        )
      })
      return await use(clients.create(storage.VersionAdminDefinition, channel))
    } finally {
      channel.close()
    }
  }
}
