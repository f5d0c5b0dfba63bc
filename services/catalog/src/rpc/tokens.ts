import { canonicalBytes, catalog } from '@goldkeep/contracts'
import type { Kysely } from 'kysely'
import type { DB, TokenRow } from '../db/tables.js'
import { listTokens } from '../db/tokens-queries.js'
import { createToken, revokeToken } from '../operations/manage-tokens.js'
import { answerOnce } from './answer-once.js'
import type { KnownCaller } from './door.js'
import { decodeOrdinal, readPage } from './page.js'

/** The Tokens service. */
export function tokensService(db: Kysely<DB>): catalog.TokensServiceImplementation<KnownCaller> {
  return {
    create: async (request, { actor }) => {
      const body = canonicalBytes(catalog.CreateTokenRequest, request)
      const call = { method: 'Tokens.Create', requestId: request.requestId, body }
      const order = { ...request, expiresInSeconds: Number(request.expiresIn) }
      // The secret leaves the transaction beside the answer, so that it is never kept with it.
      let secret = ''
      const answer = await answerOnce(db, call, catalog.CreateTokenResponse, async (trx) => {
        const created = await createToken(trx, order, actor)
        secret = created.secret
        return { token: encodeToken(created.token) }
      })
      return { ...answer, secret }
    },
    list: async ({ pageSize, pageToken }) => {
      const read = (limit: number, before: number | undefined) => listTokens(db, { limit, before })
      const page = await readPage(pageSize, decodeOrdinal(pageToken), {
        read,
        keyOf: (token) => token.ordinal,
        encode: encodeToken,
        codec: catalog.Token,
      })
      return { tokens: page.items, nextPageToken: page.nextPageToken }
    },
    revoke: async ({ tokenId }, { actor }) =>
      encodeToken(await db.transaction().execute((trx) => revokeToken(trx, tokenId, actor))),
  }
}

const encodeToken = (token: TokenRow): catalog.Token => ({
  tokenId: token.tokenId,
  name: token.name,
  role: token.role,
  createTime: token.createdAt,
  lastUsedTime: token.lastUsedAt ?? undefined,
  expireTime: token.expiresAt ?? undefined,
  revokeTime: token.revokedAt ?? undefined,
})
