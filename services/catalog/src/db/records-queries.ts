import type { Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import type { DB } from './tables.js'

export interface Act {
  readonly actor: Actor
  /** What was done, in the domain's words: `promote`, `begin-upload`. */
  readonly action: string
  readonly imageUid?: string
  readonly versionId?: string
  readonly reason?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Keeps who did what, and tells those who watch; in the transaction of the act itself. */
export async function recordAct(trx: Transaction<DB>, act: Act): Promise<void> {
  const subject = { imageUid: act.imageUid ?? null, versionId: act.versionId ?? null }
  const details = JSON.stringify(act.details ?? {})
  await trx
    .insertInto('audit')
    .values({
      ...subject,
      actor: JSON.stringify(act.actor),
      action: act.action,
      reason: act.reason ?? '',
      details,
    })
    .execute()
  await trx
    .insertInto('changeLog')
    .values({ ...subject, kind: act.action, details })
    .execute()
}
