import { freePort, startProcess, waitUntil } from '@goldkeep/testing'
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { timeCommand } from '../run-command.js'
import type { Peer } from './peer.js'

/** nginx: `PUT` by its DAV module into the page cache, `GET` by sendfile. */
export async function startNginx(directory: string): Promise<Peer> {
  const root = join(directory, 'root')
  const port = await freePort()
  for (const name of ['root', 'body']) await mkdir(join(directory, name), { recursive: true })
  const configuration = join(directory, 'nginx.conf')
  await writeFile(configuration, configurationOf(directory, port))
  const server = startProcess('/usr/sbin/nginx', ['-p', directory, '-c', configuration, '-e', 'stderr'])
  const base = `http://127.0.0.1:${port}`
  await waitUntil(() => fetch(base).then(() => true), { what: 'nginx answers', timeoutMs: 15_000 })
  const curl = ['curl', '--silent', '--show-error', '--fail'] as const
  return {
    name: 'nginx',
    upload: (file, name) => timeCommand([...curl, '--upload-file', file, `${base}/${name}`]),
    download: (name) => timeCommand([...curl, '--output', '/dev/null', `${base}/${name}`]),
    downloadAndHash: (name) => timeCommand(`${curl.join(' ')} ${base}/${name} | openssl dgst -sha256`),
    stored: (name) => join(root, name),
    stop: async () => {
      await server.stop()
    },
  }
}

function configurationOf(directory: string, port: number): string {
  // As root it would hand its work to a user who may not look into our directory.
  const user = process.getuid?.() === 0 ? `user ${userInfo().username};` : ''
  return `daemon off;
${user}
worker_processes auto;
pid ${join(directory, 'nginx.pid')};
events {}
http {
  access_log off;
  sendfile on;
  client_max_body_size 0;
  client_body_temp_path ${join(directory, 'body')};
  proxy_temp_path ${join(directory, 'body')};
  fastcgi_temp_path ${join(directory, 'body')};
  uwsgi_temp_path ${join(directory, 'body')};
  scgi_temp_path ${join(directory, 'body')};
  server {
    listen 127.0.0.1:${port};
    root ${join(directory, 'root')};
    dav_methods PUT;
    location / { autoindex on; }
  }
}
`
}
