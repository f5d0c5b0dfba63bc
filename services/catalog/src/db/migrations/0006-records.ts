import { sql, type Kysely } from 'kysely'

/**
 * What happened. A reader of the change log takes only rows whose transaction is older than every one
 * still running, so that "after n" misses none that commits late.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table change_log (
      change_no bigint generated always as identity primary key,
      transaction_id xid8 not null default pg_current_xact_id(),
      kind text not null,
      image_uid text,
      version_id text,
      details jsonb not null default '{}',
      changed_at timestamptz not null default now()
    );

    create table audit (
      audit_id bigint generated always as identity primary key,
      actor jsonb not null,
      action text not null,
      image_uid text,
      version_id text,
      reason text not null default '',
      details jsonb not null default '{}',
      acted_at timestamptz not null default now()
    );
    create index audit_of_image on audit (image_uid, audit_id desc);
  `.execute(db)
}
