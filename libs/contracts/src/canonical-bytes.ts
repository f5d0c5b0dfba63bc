import { mapFields } from './request-limits.js'

/**
 * The bytes of a message, the same for the same content. Clients send the entries of a map in any order, in Go another
 * one each time, so here they come in the order of their keys.
 */
export function canonicalBytes<Message extends object>(
  codec: { encode(message: Message): { finish(): Uint8Array } },
  message: Message,
): Uint8Array {
  const fields = Object.entries(message).map(([field, value]: [string, unknown]) => [
    field,
    mapFields.has(field) ? inOrder(value as Record<string, string>) : value,
  ])
  return codec.encode(Object.fromEntries(fields) as Message).finish()
}

const inOrder = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1)))
