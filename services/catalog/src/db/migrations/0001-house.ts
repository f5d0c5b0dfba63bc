import { sql, type Kysely } from 'kysely'

/** The house itself, who may call it, and its volumes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table house (
      singleton boolean primary key default true check (singleton),
      house_id text not null,
      epoch bigint not null check (epoch > 0),
      created_at timestamptz not null default now()
    );

    create table signing_keys (
      key_id text primary key,
      public_key bytea not null check (length(public_key) = 32),
      private_key bytea not null,
      created_at timestamptz not null default now(),
      retired_at timestamptz
    );

    create table tokens (
      token_id text primary key,
      ordinal bigint generated always as identity unique,
      name text not null,
      role text not null check (role in ('admin')),
      secret_hash bytea not null unique check (length(secret_hash) = 32),
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      expires_at timestamptz,
      revoked_at timestamptz
    );

    create table volumes (
      volume_id text primary key,
      address text not null,
      epoch bigint not null default 0,
      capacity_bytes bigint not null default 0,
      free_bytes bigint not null default 0,
      troubles text[] not null default '{}',
      instance_id text not null default '',
      rival_address text,
      rival_seen_at timestamptz,
      clock_ahead_ms bigint,
      listens_at timestamptz,
      retired_at timestamptz,
      retired_reason text not null default '',
      retired_by jsonb,
      returned_at timestamptz,
      registered_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      check ((retired_at is null) = (retired_by is null))
    );
  `.execute(db)
}
