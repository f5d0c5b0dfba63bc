import { createServer, type AddressInfo } from 'node:net'

/** A port of 127.0.0.1 that is free now. Whoever can listen on port 0 should rather do that. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
