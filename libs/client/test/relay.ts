import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'

/** Stands between client and server, so that connections can be cut in mid-stream. */
export class Relay {
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined

  /** @returns the port to connect to instead */
  async start(targetPort: number): Promise<number> {
    const server = createServer((near) => {
      const far = connect(targetPort, '127.0.0.1')
      for (const socket of [near, far]) {
        this.sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far).pipe(near)
    })
    this.server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  stop(): void {
    this.cut()
    this.server?.close()
  }
}
