import { createServer, type AddressInfo } from 'node:net'

/** A port of 127.0.0.1 that is free now; another program may take it before it is used. */
export async function freePort(): Promise<number> {
  return await bindOnce(0)
}

export async function isFree(port: number): Promise<boolean> {
  try {
    await bindOnce(port)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

async function bindOnce(wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
