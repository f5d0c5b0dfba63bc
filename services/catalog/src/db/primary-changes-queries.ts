import { newChangeId } from '@goldkeep/domain'
import type { Kysely, Transaction } from 'kysely'
import type { Actor } from '../domain/actor.js'
import type { DB, PrimaryChangeKind } from './tables.js'

/** One move of a primary pointer, with the numbers that people know the versions by. */
export interface PrimaryChangeView {
  readonly changeId: number
  readonly kind: PrimaryChangeKind
  readonly fromVersionId: string | null
  readonly fromNumber: number | null
  readonly toVersionId: string | null
  readonly toNumber: number | null
  readonly actor: Actor
  readonly reason: string
  readonly forced: boolean
  readonly changedAt: Date
}

export interface NewPrimaryChange {
  readonly imageUid: string
  readonly kind: PrimaryChangeKind
  readonly fromVersionId: string | null
  readonly toVersionId: string | null
  readonly actor: Actor
  readonly reason: string
  readonly forced: boolean
}

export async function addPrimaryChange(
  trx: Transaction<DB>,
  change: NewPrimaryChange,
): Promise<PrimaryChangeView> {
  const { changeId } = await trx
    .insertInto('primaryChanges')
    .values({ ...change, recordId: newChangeId(), actor: JSON.stringify(change.actor) })
    .returning('changeId')
    .executeTakeFirstOrThrow()
  return selectChanges(trx).where('primaryChanges.changeId', '=', changeId).executeTakeFirstOrThrow()
}

const selectChanges = (db: Kysely<DB>) =>
  db
    .selectFrom('primaryChanges')
    .leftJoin('versions as fromVersion', 'fromVersion.versionId', 'primaryChanges.fromVersionId')
    .leftJoin('versions as toVersion', 'toVersion.versionId', 'primaryChanges.toVersionId')
    .select([
      'primaryChanges.changeId',
      'primaryChanges.kind',
      'primaryChanges.fromVersionId',
      'fromVersion.number as fromNumber',
      'primaryChanges.toVersionId',
      'toVersion.number as toNumber',
      'primaryChanges.actor',
      'primaryChanges.reason',
      'primaryChanges.forced',
      'primaryChanges.changedAt',
    ])

/** Newest first. */
export function listPrimaryChanges(
  db: Kysely<DB>,
  imageUid: string,
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<PrimaryChangeView[]> {
  return selectChanges(db)
    .where('primaryChanges.imageUid', '=', imageUid)
    .$if(page.before !== undefined, (query) =>
      query.where('primaryChanges.changeId', '<', page.before as number),
    )
    .orderBy('primaryChanges.changeId', 'desc')
    .limit(page.limit)
    .execute()
}

/** The whole history of an image's pointer, the oldest move first. */
export async function readHistory(db: Kysely<DB>, imageUid: string): Promise<PrimaryChangeView[]> {
  return selectChanges(db)
    .where('primaryChanges.imageUid', '=', imageUid)
    .orderBy('primaryChanges.changeId')
    .execute()
}
