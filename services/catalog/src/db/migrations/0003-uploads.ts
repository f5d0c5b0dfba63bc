import { sql, type Kysely } from 'kysely'

/** What the catalog keeps of uploads: storage alone knows their present state. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uploads (
      version_id text primary key references versions,
      volume_id text not null references volumes,
      schema_digest text not null check (schema_digest ~ '^[0-9a-f]{64}$'),
      expected_sizes jsonb not null default '{}',
      last_byte_at timestamptz,
      expires_at timestamptz not null,
      ended_at timestamptz
    );
    create index uploads_ended on uploads (ended_at);
    create index uploads_open_by_expiry on uploads (expires_at) where ended_at is null;

    create table upload_files (
      version_id text not null references uploads on delete cascade,
      path text not null,
      state text not null check (state in ('RECEIVING', 'STOPPED', 'FAILED', 'COMPLETE')),
      attempt_id text not null default '',
      committed_size bigint not null default 0 check (committed_size >= 0),
      expected_size bigint not null default 0,
      digest text check (digest ~ '^[0-9a-f]{64}$'),
      failure text not null default '',
      updated_at timestamptz not null default now(),
      primary key (version_id, path)
    );
  `.execute(db)
}
