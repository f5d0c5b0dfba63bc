import { readRequest, type RequestReader } from '@goldkeep/contracts'
import type { CompatServiceDefinition, TsProtoServiceDefinition } from 'nice-grpc'

/** Reading a longer request takes milliseconds. */
const longBytes = 32 * 1024

/** A request that is read when its turn has come. */
export class LongRequest {
  constructor(readonly read: () => unknown) {}
}

/**
 * The service with its requests read under limits. What cannot be read arrives as an UnreadableRequest, so that the
 * call is refused with a reason: gRPC itself would answer INTERNAL without one. A long one arrives as a LongRequest;
 * those of a stream are read at once, since they come one after the other anyhow.
 */
export function readRequestsOf<Service extends CompatServiceDefinition>(definition: Service): Service {
  if (!isGenerated(definition)) return definition
  const methods = Object.entries(definition.methods).map(([key, method]) => {
    const path = `/${definition.fullName}/${method.name}`
    // Generated code takes a reader as well as bytes.
    const decode = method.requestType.decode as unknown as (reader: RequestReader) => unknown
    const read = (bytes: Uint8Array) => readRequest(path, decode, bytes)
    const readLater = (bytes: Uint8Array) =>
      bytes.length > longBytes ? new LongRequest(() => read(bytes)) : read(bytes)
    const requestType = { ...method.requestType, decode: method.requestStream ? read : readLater }
    return [key, { ...method, requestType }] as const
  })
  return { ...definition, methods: Object.fromEntries(methods) }
}

const isGenerated = (
  definition: CompatServiceDefinition,
): definition is CompatServiceDefinition & TsProtoServiceDefinition =>
  'fullName' in definition && 'methods' in definition
