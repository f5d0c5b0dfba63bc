import { connect } from 'node:net'
import { freePort } from './free-port.js'
import { startProcess, type TestProcess } from './start-process.js'
import { temporaryDirectory } from './temporary-directory.js'
import { waitUntil } from './wait-until.js'

export interface TestRedis {
  readonly url: string
  readonly stop: () => Promise<void>
}

const attempts = 5

/**
 * A real `redis-server` on a free port, set up as a queue needs it: no eviction, append-only file.
 * @throws when the program is missing, with the command that installs it
 */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = await temporaryDirectory('redis')
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = startProcess('redis-server', redisArguments(port, directory.path))
    try {
      await waitUntil(() => answersPing(server, port), { timeoutMs: 15_000, what: 'redis-server answers' })
      return {
        url: `redis://127.0.0.1:${String(port)}`,
        stop: async () => {
          await server.stop('SIGKILL')
          await directory.remove()
        },
      }
    } catch (error) {
      await server.stop('SIGKILL')
      // Another program took the port between the look and the start.
      if (attempt < attempts && server.output().includes('Address already in use')) continue
      await directory.remove()
      throw new Error(`redis-server did not start: ${server.output()}\nTry: apt-get install redis-server`, {
        cause: error,
      })
    }
  }
}

function redisArguments(port: number, directory: string): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
}

async function answersPing(server: TestProcess, port: number): Promise<boolean> {
  if (server.ended()) throw new Error('redis-server has ended')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (answer) => {
      socket.destroy()
      resolve(answer.toString().startsWith('+PONG'))
    })
    socket.once('error', () => resolve(false))
  })
}
