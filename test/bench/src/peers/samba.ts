import { freePort, startProcess, waitUntil } from '@goldkeep/testing'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Peer } from './peer.js'
import { timeCommand } from '../run-command.js'

/** Samba, as the legacy clients use it: `put` into the page cache, `get`. */
export async function startSamba(directory: string): Promise<Peer> {
  const share = join(directory, 'share')
  const port = await freePort()
  for (const name of ['share', 'private', 'lock', 'state', 'cache', 'pid', 'ncalrpc'])
    await mkdir(join(directory, name), { recursive: true })
  const configuration = join(directory, 'smb.conf')
  await writeFile(configuration, configurationOf(directory))
  // In a process group of its own, which it ends when it is told to stop.
  const smbd = ['--foreground', '--debug-stdout', '-s', configuration, '-p', String(port)]
  const server = startProcess('/usr/sbin/smbd', smbd)
  await waitUntil(() => accepts(port), { what: 'smbd answers', timeoutMs: 15_000 })
  const client = (command: string): readonly [string, ...string[]] => [
    'smbclient',
    '-s',
    configuration,
    '//127.0.0.1/bench',
    '-N',
    '-p',
    String(port),
    '-c',
    command,
  ]
  const get = (name: string, target: string): string =>
    client(`get ${name} ${target}`)
      .map((word) => `'${word}'`)
      .join(' ')
  return {
    name: 'Samba',
    upload: (file, name) => timeCommand(client(`put ${file} ${name}`)),
    download: (name) => timeCommand(get(name, '/dev/null')),
    downloadAndHash: (name) => timeCommand(`${get(name, '-')} | openssl dgst -sha256`),
    stored: (name) => join(share, name),
    stop: async () => {
      await server.stop()
    },
  }
}

function configurationOf(directory: string): string {
  const at = (name: string): string => join(directory, name)
  return `[global]
  server role = standalone server
  map to guest = bad user
  guest account = ${userInfo().username}
  interfaces = lo
  bind interfaces only = yes
  disable netbios = yes
  load printers = no
  private dir = ${at('private')}
  lock directory = ${at('lock')}
  state directory = ${at('state')}
  cache directory = ${at('cache')}
  pid directory = ${at('pid')}
  ncalrpc dir = ${at('ncalrpc')}
  log level = 0
[bench]
  path = ${at('share')}
  guest ok = yes
  read only = no
`
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.unref()
  })
}
