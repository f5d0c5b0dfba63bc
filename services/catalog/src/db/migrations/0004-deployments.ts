import { sql, type Kysely } from 'kysely'

/** Deployments and their pins. Machine identifiers are kept in their normal form beside what was said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table deployments (
      deployment_id text primary key,
      ordinal bigint generated always as identity unique,
      image_uid text not null references images,
      version_id text not null references versions,
      target_kind text not null check (target_kind in ('machine', 'multicast')),
      machine jsonb,
      machine_uuid text,
      machine_serial text,
      machine_macs text[] not null default '{}',
      session_id text,
      state text not null default 'OPEN' check (state in
        ('OPEN', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'SUPERSEDED', 'EXPIRED')),
      phase text not null default '',
      percent integer not null default 0 check (percent between 0 and 100),
      message text not null default '',
      because text not null default 'IMAGE' check (because in ('IMAGE', 'GRANT', 'MODEL_MATCH')),
      batch_id text,
      profile_id text,
      labels jsonb not null default '{}',
      orders jsonb not null,
      bytes_read bigint not null default 0,
      bytes_total bigint not null,
      started_by jsonb not null,
      started_at timestamptz not null default now(),
      last_read_at timestamptz,
      lease_until timestamptz not null,
      limit_at timestamptz not null,
      ended_at timestamptz,
      check ((state = 'OPEN') = (ended_at is null)),
      check ((target_kind = 'machine') = (machine is not null)),
      check ((target_kind = 'multicast') = (session_id is not null))
    );
    create index deployments_open on deployments (ordinal desc) where state = 'OPEN';
    create index deployments_of_image on deployments (image_uid, ordinal desc);
    create index deployments_open_of_image on deployments (image_uid, ordinal desc) where state = 'OPEN';
    create index deployments_pins on deployments (version_id) where state = 'OPEN';
    create index deployments_ended on deployments (ended_at) where ended_at is not null;
    create index deployments_open_uuid on deployments (machine_uuid) where state = 'OPEN';
    create index deployments_open_serial on deployments (machine_serial) where state = 'OPEN';
    create index deployments_open_macs on deployments using gin (machine_macs) where state = 'OPEN';
    create index deployments_lease on deployments (lease_until) where state = 'OPEN';
    create index deployments_limit on deployments (limit_at) where state = 'OPEN';

    create table deployment_reads (
      deployment_id text not null references deployments on delete cascade,
      path text not null,
      ranges int8multirange not null,
      primary key (deployment_id, path)
    );
  `.execute(db)
}
