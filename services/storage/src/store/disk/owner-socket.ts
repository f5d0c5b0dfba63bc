import { volumeNames } from '@goldkeep/volume'
import net from 'node:net'
import type { VolumeRoot } from './directories.js'
import type { Holder } from './lease.js'
import { isErrno } from './syscalls.js'
import { ignoreAbsent } from './whole-files.js'

const answerTimeoutMs = 2_000

// Through the open root, since a socket's path is cut at 107 bytes and volumes lie deep.
const socketPath = (root: VolumeRoot): string => `/proc/self/fd/${root.fd}/${volumeNames.ownerSocket}`

/** Who answers on the volume's socket; `undefined` when nobody does, and so nobody on this kernel lives. */
export function askOwner(root: VolumeRoot): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath(root))
    let answer = ''
    socket.setTimeout(answerTimeoutMs, () => {
      socket.destroy()
      resolve('a process that holds its socket and does not answer')
    })
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('end', () => resolve(answer.trim() || 'a process that does not give its name'))
    socket.on('error', (error) => {
      if (isErrno(error, 'ENOENT', 'ECONNREFUSED')) resolve(undefined)
      else reject(error)
    })
  })
}

/** Answers those who ask for as long as this process lives. */
export async function answerAsOwner(root: VolumeRoot, holder: Holder): Promise<{ close(): Promise<void> }> {
  // A dead owner's socket stays behind as a name.
  await root.sys.unlink(socketPath(root)).catch(ignoreAbsent)
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(`process ${holder.pid} on ${holder.host} since ${holder.since}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath(root), resolve)
  })
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
