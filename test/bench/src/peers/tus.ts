import { freePort, startProcess } from '@goldkeep/testing'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { timeCommand } from '../run-command.js'
import type { Peer } from './peer.js'

const server = fileURLToPath(new URL('tus-server.js', import.meta.url))

/** @tus/server with its file store: one `PATCH` into the page cache. */
export async function startTus(directory: string): Promise<Peer> {
  await mkdir(directory, { recursive: true })
  const port = await freePort()
  const running = startProcess(process.execPath, [server, directory, String(port)])
  await running.waitForLine(/listens/)
  const uploads = new Map<string, string>()
  return {
    name: '@tus/server',
    upload: async (file, name) => {
      const { size } = await stat(file)
      const created = await fetch(`http://127.0.0.1:${port}/files`, {
        method: 'POST',
        headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(size) },
      })
      const location = created.headers.get('location')
      if (!location) throw new Error(`@tus/server made no upload: ${created.status}`)
      const address = new URL(location, `http://127.0.0.1:${port}`)
      uploads.set(name, basename(address.pathname))
      return timeCommand([
        'curl',
        '--silent',
        '--show-error',
        '--fail',
        '--request',
        'PATCH',
        '--header',
        'Tus-Resumable: 1.0.0',
        '--header',
        'Upload-Offset: 0',
        '--header',
        'Content-Type: application/offset+octet-stream',
        '--header',
        'Expect:',
        '--upload-file',
        file,
        address.href,
      ])
    },
    stored: (name) => join(directory, uploads.get(name) ?? ''),
    stop: async () => {
      await running.stop()
    },
  }
}
