import { sql, type Kysely } from 'kysely'

/** Images, profiles, versions with their three-part state, and where versions lie. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table images (
      uid text primary key,
      image_id text not null,
      description text not null default '',
      labels jsonb not null default '{}',
      enabled boolean not null default true,
      environment text not null check (environment in ('winpe', 'linux')),
      type text not null check (type in ('file', 'block', 'both')),
      visible boolean not null default true,
      primary_version_id text,
      generation bigint not null default 1,
      generation_id uuid not null default gen_random_uuid(),
      revision bigint not null default 1,
      next_number integer not null default 1,
      sealed_count integer not null default 0 check (sealed_count >= 0),
      sealed_bytes bigint not null default 0 check (sealed_bytes >= 0),
      legacy_name text,
      policy jsonb not null default '{}',
      retention jsonb,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz,
      check (deleted_at is null or primary_version_id is null)
    );
    create unique index images_live_id on images (lower(image_id)) where deleted_at is null;

    create table profiles (
      uid text primary key,
      profile_id text not null,
      image_uid text not null references images,
      name text not null,
      settings jsonb not null default '{}',
      revision bigint not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create unique index profiles_live_id on profiles (profile_id) where deleted_at is null;
    create index profiles_image on profiles (image_uid);

    create table versions (
      version_id text primary key,
      ordinal bigint generated always as identity unique,
      image_uid text not null references images,
      number integer not null check (number > 0),
      lifecycle text not null check (lifecycle in
        ('UPLOADING', 'SEALED', 'ABORTED', 'EXPIRED', 'TRASHED', 'PURGING', 'PURGED')),
      verdict text not null default 'PENDING' check (verdict in ('PENDING', 'VALID', 'INVALID')),
      verdict_at timestamptz,
      op_seq bigint not null default 0,
      pending_command text check (pending_command in ('TRASH', 'RESTORE', 'PURGE', 'END_UPLOAD', 'MOVE')),
      pending_op_seq bigint,
      pending_outcome text check (pending_outcome in ('ABORTED', 'EXPIRED')),
      pending_since timestamptz,
      pending_by jsonb,
      pending_reason text,
      note text not null default '',
      labels jsonb not null default '{}',
      mark text check (mark in ('GOOD', 'BAD')),
      mark_reason text,
      protected boolean not null default false,
      hold_until timestamptz,
      schema bytea not null,
      manifest bytea,
      manifest_digest text check (manifest_digest ~ '^[0-9a-f]{64}$'),
      size_bytes bigint not null default 0,
      file_count integer not null default 0,
      capture jsonb not null,
      source jsonb,
      agent text not null default '',
      adopted boolean not null default false,
      test_outcome text check (test_outcome in ('PASSED', 'FAILED')),
      created_by jsonb not null,
      created_at timestamptz not null default now(),
      sealed_at timestamptz,
      generation bigint not null default 0,
      revision bigint not null default 1,
      unique (image_uid, number),
      check ((lifecycle in ('UPLOADING', 'ABORTED', 'EXPIRED')) = (manifest is null)),
      check ((manifest is null) = (manifest_digest is null) and (manifest is null) = (sealed_at is null)),
      check (manifest is not null or verdict = 'PENDING'),
      check ((verdict = 'PENDING') = (verdict_at is null)),
      check ((pending_command is null) = (pending_op_seq is null)
        and (pending_command is null) = (pending_since is null)),
      check ((pending_command is not distinct from 'END_UPLOAD') = (pending_outcome is not null)),
      check (pending_command is distinct from 'END_UPLOAD' or lifecycle in ('UPLOADING', 'ABORTED', 'EXPIRED')),
      check (pending_op_seq is null or pending_op_seq <= op_seq),
      check (mark is not null or mark_reason is null)
    );
    create index versions_of_image on versions (image_uid, ordinal desc);
    create index versions_to_publish on versions (image_uid, generation, version_id) where manifest_digest is not null;
    create index versions_by_prefix on versions (version_id text_pattern_ops);
    create index versions_by_lifecycle on versions (image_uid, lifecycle, ordinal desc);
    create index versions_by_verdict on versions (image_uid, verdict, ordinal desc);
    create index versions_uploading_newest on versions (ordinal desc) where lifecycle = 'UPLOADING';
    create index versions_unjudged on versions (version_id) where lifecycle = 'SEALED' and verdict = 'PENDING';
    create index versions_pending on versions (version_id) where pending_command is not null;

    alter table images add foreign key (primary_version_id) references versions;

    create table locations (
      version_id text not null references versions,
      volume_id text not null references volumes,
      presence text not null check (presence in ('PRESENT', 'DAMAGED', 'MISSING')),
      unreadable_since timestamptz,
      created_at timestamptz not null default now(),
      last_checked timestamptz not null default now(),
      found text not null default '',
      fingerprint text not null default '',
      look_wanted_at timestamptz,
      doubted_at timestamptz,
      primary key (version_id, volume_id)
    );
    create index locations_of_volume on locations (volume_id);
    create index locations_not_present on locations (volume_id, last_checked)
      where presence <> 'PRESENT' or unreadable_since is not null;
    create index locations_to_look_at on locations (volume_id) where look_wanted_at is not null;
    create index locations_doubted on locations (version_id) where doubted_at is not null;

    create table publications (
      image_uid text not null references images,
      volume_id text not null references volumes,
      wanted_generation bigint not null,
      published_generation bigint not null default 0,
      base_digest text check (base_digest ~ '^[0-9a-f]{64}$'),
      former_digests text[] not null default '{}',
      attempts text[] not null default '{}',
      sent_generation bigint not null default 0,
      sent_version_id text not null default '',
      sent_change_id bigint not null default 0,
      part jsonb,
      primary key (image_uid, volume_id),
      check (published_generation <= wanted_generation)
    );
    -- Images that the catalog does not know, and of which a volume has an image.json.
    create table foreign_images (
      volume_id text not null references volumes,
      image_id text not null,
      image_uid text not null,
      primary key (volume_id, image_id)
    );
    create index publications_of_volume on publications (volume_id);
    create index publications_open on publications (image_uid, volume_id)
      where published_generation < wanted_generation;

    create table findings (
      version_id text not null references versions,
      check_name text not null,
      path text not null default '',
      position integer not null,
      verdict text not null check (verdict in ('PASS', 'WARN', 'FAIL', 'SKIP', 'ERROR')),
      expected text not null default '',
      found text not null default '',
      message text not null default '',
      checked_at timestamptz not null default now(),
      primary key (version_id, check_name, path, position)
    );

    create table primary_changes (
      change_id bigint generated always as identity primary key,
      record_id text not null unique,
      image_uid text not null references images,
      kind text not null check (kind in ('PROMOTE', 'ROLLBACK', 'CLEAR')),
      from_version_id text references versions,
      to_version_id text references versions,
      actor jsonb not null,
      reason text not null default '',
      forced boolean not null default false,
      changed_at timestamptz not null default now(),
      check ((kind = 'CLEAR') = (to_version_id is null))
    );
    create index primary_changes_of_image on primary_changes (image_uid, change_id desc);
  `.execute(db)
}
