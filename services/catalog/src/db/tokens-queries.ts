import { sql, type Kysely, type Transaction } from 'kysely'
import type { DB, TokenRow } from './tables.js'

/** The token with this hash that is neither revoked nor expired. */
export async function findLiveToken(db: Kysely<DB>, secretHash: Buffer): Promise<TokenRow | undefined> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('secretHash', '=', secretHash)
    .where('revokedAt', 'is', null)
    .where((where) => where.or([where('expiresAt', 'is', null), where('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
}

/** Notes that a token is in use; at most once a minute, so that calls do not all write. */
export async function noteTokenUse(db: Kysely<DB>, tokenId: string): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ lastUsedAt: sql`now()` })
    .where('tokenId', '=', tokenId)
    .where((where) =>
      where.or([
        where('lastUsedAt', 'is', null),
        where('lastUsedAt', '<', sql<Date>`now() - interval '1 minute'`),
      ]),
    )
    .execute()
}

export async function addToken(
  trx: Transaction<DB>,
  token: {
    readonly tokenId: string
    readonly name: string
    readonly role: 'admin'
    readonly secretHash: Buffer
    readonly expiresInSeconds: number
  },
): Promise<TokenRow> {
  const { expiresInSeconds, ...columns } = token
  return trx
    .insertInto('tokens')
    .values({
      ...columns,
      expiresAt: expiresInSeconds > 0 ? sql<Date>`now() + ${expiresInSeconds} * interval '1 second'` : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Newest first. */
export function listTokens(
  db: Kysely<DB>,
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<TokenRow[]> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .$if(page.before !== undefined, (query) => query.where('ordinal', '<', page.before as number))
    .orderBy('ordinal', 'desc')
    .limit(page.limit)
    .execute()
}
