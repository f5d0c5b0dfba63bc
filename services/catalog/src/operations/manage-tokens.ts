import { DomainError, newOpaqueId } from '@goldkeep/domain'
import { sql, type Transaction } from 'kysely'
import { createHash, randomBytes } from 'node:crypto'
import type { Actor } from '../domain/actor.js'
import { recordAct } from '../db/records-queries.js'
import type { DB, TokenRow } from '../db/tables.js'
import { addToken } from '../db/tokens-queries.js'

export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Later times are beyond what programs can count with. */
const longestSeconds = 100 * 365 * 86_400

/** 32 random bytes; the only time that the secret is seen. */
const newSecret = (): string => `gk_${randomBytes(32).toString('base64url')}`

/**
 * Makes a bearer token. The secret is kept as its SHA-256 only.
 * @throws DomainError INVALID_FIELD
 */
export async function createToken(
  trx: Transaction<DB>,
  order: { readonly name: string; readonly role: string; readonly expiresInSeconds: number },
  actor: Actor,
): Promise<{ token: TokenRow; secret: string }> {
  const name = order.name.trim()
  if (name === '' || name.length > 100)
    throw new DomainError('INVALID_FIELD', 'name: expected 1 to 100 characters', { field: 'name' })
  if (order.role !== 'admin')
    throw new DomainError('INVALID_FIELD', `role: expected admin, found ${JSON.stringify(order.role)}`, {
      field: 'role',
    })
  if (order.expiresInSeconds < 0 || order.expiresInSeconds > longestSeconds)
    throw new DomainError(
      'INVALID_FIELD',
      `expires_in: expected 0 to ${longestSeconds} seconds, which are a hundred years; found ${order.expiresInSeconds}`,
      { field: 'expires_in' },
    )
  const secret = newSecret()
  const token = await addToken(trx, {
    tokenId: newOpaqueId('tok'),
    name,
    role: 'admin',
    secretHash: hashSecret(secret),
    expiresInSeconds: order.expiresInSeconds,
  })
  await recordAct(trx, { actor, action: 'create-token', details: { tokenId: token.tokenId, name } })
  return { token, secret }
}

/**
 * Ends a token at once. Harmless to repeat.
 * @param named its id, or its name where that is unique among the live ones
 * @throws DomainError TOKEN_NOT_FOUND, AMBIGUOUS_REFERENCE
 */
export async function revokeToken(trx: Transaction<DB>, named: string, actor: Actor): Promise<TokenRow> {
  const tokenId = await findTokenId(trx, named)
  const token = await trx
    .updateTable('tokens')
    .set({ revokedAt: sql`coalesce(revoked_at, now())` })
    .where('tokenId', '=', tokenId)
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordAct(trx, { actor, action: 'revoke-token', details: { tokenId, name: token.name } })
  return token
}

async function findTokenId(trx: Transaction<DB>, named: string): Promise<string> {
  const rows = await trx
    .selectFrom('tokens')
    .select(['tokenId', 'name', 'revokedAt'])
    .where((where) => where.or([where('tokenId', '=', named), where('name', '=', named)]))
    .execute()
  const byId = rows.find((row) => row.tokenId === named)
  const live = rows.filter((row) => row.revokedAt === null)
  const [only] = byId ? [byId] : live.length > 0 ? live : rows
  if (!only) throw new DomainError('TOKEN_NOT_FOUND', `token ${named}: not found`, { token_id: named })
  if (!byId && live.length > 1)
    throw new DomainError(
      'AMBIGUOUS_REFERENCE',
      `${named}: ${live.length} tokens have this name; give the id of one`,
      { candidates: live.map((row) => row.tokenId).join(', ') },
    )
  return only.tokenId
}
