import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createLogger } from '@goldkeep/service'
import { findBinaries } from './binaries.js'
import { answers } from './connection.js'
import { keepPassword } from './data-directory.js'
import { freePort } from './free-port.js'
import { startPostgres } from './index.js'
import { serverEnvironment } from './server-environment.js'
import { chooseServerUser } from './server-user.js'

const log = createLogger('test', 'silent')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'goldkeep-postgres-'))
  chmodSync(directory, 0o755)
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

/** What remains when the process that started the server is killed. */
async function startAbandonedServer(): Promise<number> {
  const data = join(directory, 'data')
  const user = chooseServerUser(data)
  const port = await freePort()
  const child = spawn(
    findBinaries(user).postgres,
    ['-D', data, '-p', String(port), '-c', 'unix_socket_directories='],
    { ...user, cwd: '/', env: serverEnvironment, stdio: 'ignore', detached: true },
  )
  const password = keepPassword(directory)
  while (!(await answers({ port, password }))) expect(child.exitCode).toBeNull()
  return child.pid ?? 0
}

async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(query)
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await client.end()
  }
}

test('a fresh directory becomes a database that is durable, in UTF-8, and keeps its rows', async () => {
  const first = await startPostgres({ directory, log })
  expect(await ask(first.url, 'show fsync')).toBe('on')
  expect(await ask(first.url, 'show full_page_writes')).toBe('on')
  expect(await ask(first.url, 'show synchronous_commit')).toBe('on')
  expect(await ask(first.url, 'show server_encoding')).toBe('UTF8')
  expect(await ask(first.url, "select datcollate from pg_database where datname = 'goldkeep'")).toBe('C')
  await ask(first.url, 'create table kept (word text)')
  await ask(first.url, "insert into kept values ('here')")
  await first.stop()

  const second = await startPostgres({ directory, log })
  expect(await ask(second.url, 'select word from kept')).toBe('here')
  await second.stop()
})

test('only who has the password gets in, and only we can read it', async () => {
  const running = await startPostgres({ directory, log })
  const withoutPassword = `postgres://goldkeep:wrong@127.0.0.1:${String(running.port)}/goldkeep`
  await expect(ask(withoutPassword, 'select 1')).rejects.toThrow('password authentication failed')
  expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600)
  await running.stop()
})

test('a second start on the same directory is refused while the first runs', async () => {
  const first = await startPostgres({ directory, log })
  await expect(startPostgres({ directory, log })).rejects.toThrow(
    `${directory} is in use by process ${String(process.pid)}`,
  )
  await first.stop()
})

test('a server left behind by a killed process is stopped, and the next start serves its rows', async () => {
  const first = await startPostgres({ directory, log })
  await ask(first.url, "create table kept as select 'here' as word")
  await first.stop()
  const abandoned = await startAbandonedServer()

  const second = await startPostgres({ directory, log })
  expect(() => process.kill(abandoned, 0)).toThrow('ESRCH')
  expect(await ask(second.url, 'select word from kept')).toBe('here')
  await second.stop()
})

test('a port that is taken is named', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await expect(startPostgres({ directory, port, log })).rejects.toThrow(
    `port ${String(port)} for PostgreSQL is taken by another program`,
  )
  other.close()
})

test('a server that dies is reported', async () => {
  const running = await startPostgres({ directory, log })
  process.kill(
    Number.parseInt(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8'), 10),
    'SIGQUIT',
  )
  await expect(running.failed).rejects.toThrow('PostgreSQL ended although nobody stopped it')
  await running.stop()
})

test('a directory that the server may not enter is named beforehand', async () => {
  const closed = join(directory, 'closed')
  mkdirSync(closed, { mode: process.getuid?.() === 0 ? 0o700 : 0o500 })
  const inside = join(closed, 'postgres')
  await expect(startPostgres({ directory: inside, log })).rejects.toMatchObject({
    fault: 'unreachable-directory',
    message: expect.stringContaining(closed),
  })
})
