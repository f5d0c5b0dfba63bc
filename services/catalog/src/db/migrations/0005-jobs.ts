import { sql, type Kysely } from 'kysely'

/** Work for workers, the outbox that tells the queue of it, and remembered requests. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table jobs (
      job_id text primary key,
      ordinal bigint generated always as identity unique,
      kind text not null check (kind in ('validate', 'publish', 'end-upload')),
      subject_id text not null,
      state text not null default 'open' check (state in ('open', 'done', 'failed')),
      claim_token text,
      worker_id text not null default '',
      claim_expires_at timestamptz,
      attempts integer not null default 0,
      run_after timestamptz not null default now(),
      enqueued_at timestamptz not null default now(),
      last_error text not null default '',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      check ((claim_token is null) = (claim_expires_at is null)),
      check (state = 'open' or claim_token is null)
    );
    create unique index jobs_one_open on jobs (kind, subject_id) where state = 'open';
    create index jobs_of_subject on jobs (subject_id, kind, updated_at desc);
    create index jobs_unfinished on jobs (ordinal desc) where state <> 'done';
    create index jobs_finished on jobs (updated_at) where state = 'done';

    create table workers (
      worker_id text primary key,
      clock_ahead_ms bigint,
      seen_at timestamptz not null default now()
    );

    create table outbox (
      outbox_id text primary key,
      ordinal bigint generated always as identity unique,
      queue text not null,
      job_id text not null references jobs on delete cascade,
      deliver_at timestamptz not null default now(),
      created_at timestamptz not null default now(),
      relayed_at timestamptz
    );
    create index outbox_waiting on outbox (deliver_at, ordinal) where relayed_at is null;
    create index outbox_relayed on outbox (relayed_at) where relayed_at is not null;
    create index outbox_of_job on outbox (job_id);

    create table request_ids (
      method text not null,
      request_id text not null,
      body_hash bytea not null,
      response bytea,
      created_at timestamptz not null default now(),
      primary key (method, request_id)
    );
    create index request_ids_age on request_ids (created_at);
  `.execute(db)
}
