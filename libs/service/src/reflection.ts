import { descriptorSet } from '@goldkeep/contracts'
import type { Server } from 'nice-grpc'
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection'

/**
 * Lets tools such as grpcurl and `buf curl` ask what this server serves, also those that know only v1alpha
 * of the reflection service; its messages are the same.
 * @param services full names, such as `goldkeep.catalog.v1.Images`
 */
export function addReflection(
  server: Pick<Server, 'add'>,
  services: readonly { readonly fullName: string }[],
): void {
  const names = services.map(({ fullName }) => fullName)
  const reflection = ServerReflection(Buffer.from(descriptorSet, 'base64'), names)
  server.add(ServerReflectionService, reflection)
  server.add(asV1Alpha(ServerReflectionService), reflection)
}

function asV1Alpha(definition: typeof ServerReflectionService): typeof ServerReflectionService {
  const methods = Object.entries(definition).map(([name, method]) => [
    name,
    { ...method, path: String(method.path).replace('.v1.', '.v1alpha.') },
  ])
  return Object.fromEntries(methods) as typeof ServerReflectionService
}
