import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { createLogger } from '@goldkeep/service'
import { startTestPostgres, type TestPostgres } from '@goldkeep/testing'
import { sql, type Kysely } from 'kysely'
import { readdir, readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import pg from 'pg'
import { checkDatabase } from '../src/db/check-database.js'
import { migrate } from '../src/db/migrate.js'
import { openDatabase } from '../src/db/open-database.js'
import type { DB } from '../src/db/tables.js'

/** What a client of pg has, and its declaration lacks. */
interface Connected {
  readonly database: string
  readonly _ending: boolean
  readonly connection: { readonly stream: Socket }
}

const log = createLogger('test', 'silent')
const tablesFolder = new URL('../src/db/tables/', import.meta.url)
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Tables and columns as the TypeScript interfaces name them. */
async function typedColumns(): Promise<Record<string, string[]>> {
  const files = (await readdir(tablesFolder)).filter((name) => name.endsWith('-tables.ts'))
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, tablesFolder), 'utf8')))
  const interfaces = sources.join('\n').matchAll(/export interface (\w+)Table \{\n(.*?)\n\}/gs)
  return Object.fromEntries(
    [...interfaces].map(([, name = '', body = '']) => [
      snakeCase(name.charAt(0).toLowerCase() + name.slice(1)),
      [...body.matchAll(/^ {2}(\w+):/gm)].map(([, column = '']) => snakeCase(column)).sort(),
    ]),
  )
}

async function migratedColumns(db: Kysely<DB>): Promise<Record<string, string[]>> {
  const { rows } = await sql<{ tableName: string; columns: string[] }>`
    select table_name, array_agg(column_name::text order by column_name::text collate "C") as columns
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely_%' group by table_name`.execute(db)
  return Object.fromEntries(rows.map((row) => [row.tableName, row.columns]))
}

describe('the database', () => {
  let postgres: TestPostgres
  let db: Kysely<DB>

  beforeAll(async () => {
    postgres = await startTestPostgres()
    db = openDatabase(await postgres.createDatabase(), log, 4)
  })
  afterAll(async () => {
    await db?.destroy()
    await postgres?.stop()
  })

  test('catalogs that start at once migrate it once', async () => {
    const each = () => migrate(db as unknown as Kysely<never>)
    await Promise.all([each(), each(), each()])
    await each()
  })

  test('that is closed leaves no connection behind, whatever it was asked just then', async () => {
    const connect = jest.spyOn(pg.Client.prototype, 'connect')
    const clientsOf = (url: string) =>
      (connect.mock.contexts as unknown as Connected[]).filter(({ database }) => url.endsWith(`/${database}`))
    const limits = { connectMs: 5_000, silenceMs: 90, statementMs: 0, lockMs: 0 }
    const url = await postgres.createDatabase()
    for (let round = 0; round < 20; round += 1) {
      const opened = openDatabase(url, log, 2, limits)
      await sql`select pg_sleep(${0.06 + round / 1_000})`.execute(opened)
      await opened.destroy()
      expect(
        clientsOf(url).filter((client) => !client._ending && !client.connection.stream.destroyed),
      ).toHaveLength(0)
    }
    expect(clientsOf(url).length).toBeGreaterThanOrEqual(40)
    connect.mockRestore()
  })

  test('has the columns that the table types have', async () => {
    const typed = await typedColumns()
    expect(Object.keys(typed)).toHaveLength(22)
    expect(await migratedColumns(db)).toEqual(typed)
  })

  test('refuses a version whose state contradicts itself', async () => {
    await sql`insert into images (uid, image_id, environment, type) values ('uid-1', 'a', 'winpe', 'file')`.execute(
      db,
    )
    const insert = sql`insert into versions
      (version_id, image_uid, number, lifecycle, schema, capture, created_by)
      values ('v', 'uid-1', 1, 'SEALED', '', '{}', '{}')`
    await expect(insert.execute(db)).rejects.toThrow(/check constraint/)
  })

  test('is refused when it would lose what it answered', async () => {
    await checkDatabase(db)
    const url = await postgres.createDatabase()
    const name = new URL(url).pathname.slice(1)
    await sql`alter database ${sql.id(name)} set synchronous_commit = off`.execute(db)
    const careless = openDatabase(url, log, 1)
    await expect(checkDatabase(careless)).rejects.toThrow('expected synchronous_commit to be on, found off')
    await careless.destroy()
  })
})
