import net from 'node:net'
import { listDirectory, withDirectory, type VolumeRoot } from './directories.js'
import { describeHolder, type Holder } from './lease.js'
import { isErrno } from './syscalls.js'
import { ignoreAbsent } from './whole-files.js'

const answerTimeoutMs = 2_000
const socketPattern = /^\.owner-(\d{1,12})\.sock$/

/**
 * Each owner has a socket of its own name, since one that has lost the volume removes its socket when it
 * closes it: that must never be its successor's.
 */
const socketName = (epoch: number): string => `.owner-${epoch}.sock`

// Through the open root, since a socket's path is cut at 107 bytes and volumes lie deep.
const socketPath = (root: VolumeRoot, epoch: number): string =>
  `/proc/self/fd/${root.fd}/${socketName(epoch)}`

/**
 * Who answers on the owner's socket; `undefined` when nobody does. That alone proves nothing: another host,
 * or another mount of the same network file system, has a socket of its own under that name.
 */
export function askOwner(root: VolumeRoot, epoch: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath(root, epoch))
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
      // Its queue is full: it lives, and does not answer.
      else if (isErrno(error, 'EAGAIN')) resolve('a process that holds its socket and does not answer')
      else reject(error)
    })
  })
}

/** Answers those who ask for as long as this process lives. */
export async function answerAsOwner(root: VolumeRoot, holder: Holder): Promise<{ close(): Promise<void> }> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.end(`${describeHolder({ holder: { ...holder, renewals: 0 } })}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath(root, holder.epoch), resolve)
  })
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

/** A dead owner's socket stays behind as a name. */
export async function removeOlderSockets(root: VolumeRoot, epoch: number): Promise<void> {
  const names = (await listDirectory(root, '')).filter(
    (name) => Number(socketPattern.exec(name)?.[1]) < epoch,
  )
  await withDirectory(root, '', async (directory) => {
    for (const name of names) await root.sys.unlink(directory.at(name)).catch(ignoreAbsent)
  })
}
