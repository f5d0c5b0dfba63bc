import type { Kysely, Transaction } from 'kysely'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemActor } from '../domain/actor.js'
import { foundHouse, lockFounding, type House } from '../db/house-queries.js'
import type { DB } from '../db/tables.js'
import { createToken } from './manage-tokens.js'

interface Warnings {
  warn(fields: object, message: string): void
}

/**
 * Opens the house, and makes it with its key and its first token on the first start. Several catalogs may
 * do so at once.
 * @param adminTokenFile where the secret of the first token is left, mode 0600
 */
export function openHouse(db: Kysely<DB>, adminTokenFile: string | undefined, log: Warnings): Promise<House> {
  return db.transaction().execute(async (trx) => {
    await lockFounding(trx)
    const house = await foundHouse(trx)
    const anyToken = await trx.selectFrom('tokens').select('tokenId').limit(1).executeTakeFirst()
    if (anyToken) return house
    if (adminTokenFile) await leaveAdminToken(trx, adminTokenFile)
    else log.warn({}, 'there is no token yet: set GOLDKEEP_ADMIN_TOKEN_FILE and start again to get one')
    return house
  })
}

/** The file first, then the commit: a token whose secret nobody has would lock everybody out. */
async function leaveAdminToken(trx: Transaction<DB>, path: string): Promise<void> {
  const order = { name: 'admin', role: 'admin', expiresInSeconds: 0 }
  const { secret } = await createToken(trx, order, systemActor)
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  try {
    // An earlier file may have been there with another mode.
    await file.chmod(0o600)
    await file.writeFile(`${secret}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  const directory = await open(dirname(path), 'r')
  await directory.sync().finally(() => directory.close())
}
