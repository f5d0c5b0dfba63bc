import type { ClientBase } from 'pg'
import type { Socket } from 'node:net'

/** The parts of a connection that the driver has and does not declare. */
interface DriverConnection {
  readonly connection: { readonly stream: Socket }
  /** False from the moment a query is sent until the server has answered it whole. */
  readonly readyForQuery: boolean
}

const partsOf = (client: ClientBase): DriverConnection => client as unknown as DriverConnection

export const isWaiting = (client: ClientBase): boolean => !partsOf(client).readyForQuery

/** Bytes that have come from the server or left this process; grows while a query or its answer is on its way. */
export function countBytes(client: ClientBase): number {
  const { stream } = partsOf(client).connection
  return stream.bytesRead + stream.bytesWritten - stream.writableLength
}

/**
 * Ends a connection without asking the server, which may be gone. Its queries are rejected with an error of
 * code ETIMEDOUT, and a pool drops it.
 */
export function breakConnection(client: ClientBase, why: string): void {
  partsOf(client).connection.stream.destroy(Object.assign(new Error(why), { code: 'ETIMEDOUT' }))
}
