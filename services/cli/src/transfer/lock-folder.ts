import { exitCodes } from '@goldkeep/domain'
import { stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { CliError } from '../cli-error.js'

/**
 * Keeps other processes of this machine from fetching the same files into one folder. The system itself gives
 * the lock back when the process ends, however it ends.
 * @param paths of the files; the empty one is the whole folder
 * @returns gives the lock back
 * @throws CliError FOLDER_BUSY
 */
export async function lockFolder(directory: string, paths: readonly string[]): Promise<() => void> {
  const { dev, ino } = await stat(directory, { bigint: true })
  const held: Server[] = []
  const unlock = (): void => held.forEach((server) => server.close())
  try {
    for (const path of paths) {
      const server = await listenOn(`goldkeep-fetch-${dev}-${ino}-${path.replaceAll('/', '-')}`)
      if (server) held.push(server)
    }
  } catch (error) {
    unlock()
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    const message = `expected to be alone in ${directory}, found another fetch into it under way; wait for it or use another folder`
    throw new CliError('FOLDER_BUSY', message, exitCodes.conflict, { directory })
  }
  return unlock
}

/** Where the system has names that vanish with their process; elsewhere nothing is locked. */
function addressOf(name: string): string | undefined {
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\?\\pipe\\${name}` : undefined
}

function listenOn(name: string): Promise<Server | undefined> {
  const address = addressOf(name)
  if (address === undefined) return Promise.resolve(undefined)
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve(server))
  })
}
