import { storage } from '@goldkeep/contracts'
import { clientsWithBearer, openChannel } from '@goldkeep/service'
import type { Client } from 'nice-grpc'

export interface StorageClients {
  readonly uploads: Client<typeof storage.UploadDataDefinition>
  readonly versions: Client<typeof storage.VersionDataDefinition>
  readonly admin: Client<typeof storage.VersionAdminDefinition>
  readonly volume: Client<typeof storage.VolumeDefinition>
  close(): void
}

export function connectAs(address: string, token: () => string): StorageClients {
  const channel = openChannel(address)
  const factory = clientsWithBearer(token)
  return {
    uploads: factory.create(storage.UploadDataDefinition, channel),
    versions: factory.create(storage.VersionDataDefinition, channel),
    admin: factory.create(storage.VersionAdminDefinition, channel),
    volume: factory.create(storage.VolumeDefinition, channel),
    close: () => channel.close(),
  }
}
