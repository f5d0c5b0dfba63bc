import { readRequest, type RequestReader } from '@goldkeep/contracts'
import type { CompatServiceDefinition, TsProtoServiceDefinition } from 'nice-grpc'

/**
 * The service with its requests read under limits. What cannot be read arrives as an UnreadableRequest, so that the
 * call is refused with a reason: gRPC itself would answer INTERNAL without one.
 */
export function readRequestsOf<Service extends CompatServiceDefinition>(definition: Service): Service {
  if (!isGenerated(definition)) return definition
  const methods = Object.entries(definition.methods).map(([key, method]) => {
    const path = `/${definition.fullName}/${method.name}`
    // Generated code takes a reader as well as bytes.
    const decode = method.requestType.decode as unknown as (reader: RequestReader) => unknown
    const requestType = {
      ...method.requestType,
      decode: (bytes: Uint8Array) => readRequest(path, decode, bytes),
    }
    return [key, { ...method, requestType }] as const
  })
  return { ...definition, methods: Object.fromEntries(methods) }
}

const isGenerated = (
  definition: CompatServiceDefinition,
): definition is CompatServiceDefinition & TsProtoServiceDefinition =>
  'fullName' in definition && 'methods' in definition
