-- Acquire: repositories that people approved, their frozen revisions, snapshots over them, and what was transferred.
-- The bytes are in the content store, which all organisations share; who has which repository is an organisation's own.

-- Equal on equally configured endpoints, so it is stored once; names no endpoint.
create table repositories_document (
  organisation_id uuid not null references organisation (id),
  sha256 text not null,
  document jsonb not null,
  first_seen_at timestamptz not null,
  primary key (organisation_id, sha256)
);
create table endpoint_repositories (
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  sha256 text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  foreign key (organisation_id, sha256) references repositories_document (organisation_id, sha256)
);
create unique index endpoint_repositories_open on endpoint_repositories (endpoint_id) where valid_to is null;
create index endpoint_repositories_interval on endpoint_repositories (endpoint_id, valid_from);
create index endpoint_repositories_sha256 on endpoint_repositories (organisation_id, sha256) where valid_to is null;
alter table heartbeat add column repositories_sha256 text, add column reported_repositories text;

alter table endpoint add column asset_site text not null default '' check (length(asset_site) <= 100);

create table content_repository (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 200),
  format text not null check (format in ('apt', 'rpm', 'apk', 'generic')),
  uris text[] not null,
  mirror_list text,
  suite text not null,
  components text[] not null,
  architectures text[] not null,
  -- 'packages': the vendor signs packages only.
  signature text not null default 'metadata' check (signature in ('metadata', 'packages')),
  -- generic: what people state of each file.
  files jsonb not null default '[]',
  mode text not null default 'lazy' check (mode in ('lazy', 'mirror')),
  filter jsonb not null default '{"architectures":[],"components":[],"newest":null}',
  enabled boolean not null default true,
  interval_hours double precision not null default 6,
  added_at timestamptz not null,
  added_by text not null,
  removed_at timestamptz,
  -- Of the newest revision; 0: none yet.
  sequence integer not null default 0,
  -- The newest date that upstream's metadata ever had here: older ones are replays.
  newest_date timestamptz,
  asked_at timestamptz,
  accept_fault_id uuid,
  attempted_at timestamptz,
  next_at timestamptz,
  checked_at timestamptz,
  changed_at timestamptz,
  running jsonb
);
-- One living repository for each place: format, first address, mirror list and suite.
create unique index content_repository_place
  on content_repository (organisation_id, format, (uris[1]), coalesce(mirror_list, ''), suite) where removed_at is null;

create table content_trust_anchor (
  repository_id uuid not null references content_repository (id),
  fingerprint text not null,
  kind text not null check (kind in ('openpgp', 'rsa')),
  name text not null default '',
  material bytea not null,
  user_ids text[] not null,
  key_created_at timestamptz,
  key_expires_at timestamptz,
  approved_at timestamptz not null,
  approved_by text not null,
  primary key (repository_id, fingerprint)
);

create table content_revision (
  id uuid primary key,
  repository_id uuid not null references content_repository (id),
  organisation_id uuid not null,
  sequence integer not null check (sequence > 0),
  created_at timestamptz not null,
  metadata_path text not null,
  metadata_sha256 text not null,
  signed_by text,
  date timestamptz,
  valid_until timestamptz,
  labels jsonb not null default '{}',
  package_count integer not null,
  package_bytes bigint not null,
  metadata_bytes bigint not null,
  added_count integer not null,
  removed_count integer not null,
  unique (repository_id, sequence)
);
create index content_revision_organisation on content_revision (organisation_id, created_at);

-- Signed metadata as clients ask for it. On demand: listed by the signed file, its bytes may not be here.
create table content_revision_file (
  revision_id uuid not null references content_revision (id) on delete cascade,
  path text not null,
  sha256 text not null,
  size_bytes bigint not null,
  on_demand boolean not null default false,
  primary key (revision_id, path)
);
create index content_revision_file_sha256 on content_revision_file (sha256);

-- A package file of a repository and the sequences in which it is there: a revision is the rows that hold at its sequence.
create table content_package (
  id bigint generated always as identity primary key,
  repository_id uuid not null references content_repository (id),
  path text not null,
  name text not null,
  version text not null,
  architecture text not null,
  source text not null,
  source_version text not null,
  size_bytes bigint not null,
  -- What signed metadata says: {"kind":"sha256",...}.
  check_kind text not null check (check_kind in ('sha256', 'sha512', 'apk')),
  check_value text not null,
  -- Under which it is stored; null: not known before its bytes were here (apk, sha512).
  sha256 text,
  since_sequence integer not null,
  until_sequence integer
);
create unique index content_package_path on content_package (repository_id, path, since_sequence);
create index content_package_name on content_package (repository_id, name, architecture);
create index content_package_named on content_package (name, version);
create index content_package_source on content_package (source, source_version);
create index content_package_since on content_package (repository_id, since_sequence);
create index content_package_until on content_package (repository_id, until_sequence) where until_sequence is not null;
create index content_package_sha256 on content_package (sha256);

-- What was not taken from an upstream, and why. Repeated faults of one kind are one row.
create table content_fault (
  id uuid primary key,
  repository_id uuid not null references content_repository (id),
  organisation_id uuid not null,
  code text not null,
  message text not null,
  path text,
  -- Of the top-level metadata that was refused; null: it did not come that far.
  metadata_sha256 text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  count integer not null default 1,
  resolved_at timestamptz
);
create index content_fault_open on content_fault (repository_id) where resolved_at is null;
create index content_fault_repository on content_fault (repository_id, last_at desc);

create table content_snapshot (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  note text not null default '',
  origin text not null check (origin in ('made', 'scheduled', 'imported')),
  created_at timestamptz not null,
  created_by text not null,
  pinned boolean not null default false,
  retired_at timestamptz,
  retired_reason text not null default '',
  -- Its content was collected: the row stays as a record.
  collected_at timestamptz,
  unique (organisation_id, name)
);
create index content_snapshot_organisation on content_snapshot (organisation_id, created_at desc);

create table content_snapshot_revision (
  snapshot_id uuid not null references content_snapshot (id),
  revision_id uuid not null references content_revision (id),
  primary key (snapshot_id, revision_id)
);
create index content_snapshot_revision_revision on content_snapshot_revision (revision_id);

create table content_channel (
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  position integer not null,
  snapshot_id uuid references content_snapshot (id),
  moved_at timestamptz,
  moved_by text,
  primary key (organisation_id, name)
);
create table content_channel_move (
  organisation_id uuid not null,
  channel text not null,
  -- Counts up within the channel; undo is a move too.
  number integer not null,
  at timestamptz not null,
  by text not null,
  snapshot_id uuid references content_snapshot (id),
  note text not null default '',
  primary key (organisation_id, channel, number)
);

create table content_block (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null,
  -- The name is a source package's.
  source boolean not null default false,
  version text not null,
  architecture text,
  reason text not null,
  created_at timestamptz not null,
  created_by text not null,
  lifted_at timestamptz,
  lifted_by text,
  stopped_orders integer not null default 0,
  too_late_orders integer not null default 0
);
create unique index content_block_standing
  on content_block (organisation_id, name, source, version, coalesce(architecture, '')) where lifted_at is null;

-- What the store has. Rows follow the bytes: a row without its file is mended by the next collection, and so is the reverse.
create table content_object (
  sha256 text primary key,
  size_bytes bigint not null,
  stored_at timestamptz not null,
  -- Written at most once a day.
  last_used_at timestamptz not null
);

create table content_relay (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  site text,
  networks text[] not null default '{}',
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  created_at timestamptz not null,
  created_by text not null,
  removed_at timestamptz,
  url text,
  certificate_sha256 text,
  version text,
  last_seen_at timestamptz,
  sequence bigint not null default 0,
  cache_bytes bigint not null default 0,
  cache_limit_bytes bigint not null default 0,
  object_count bigint not null default 0,
  free_bytes bigint
);
create unique index content_relay_name on content_relay (organisation_id, name) where removed_at is null;

-- Counters by hour. upstream_bytes: over the Internet link. served_bytes: to endpoints, by the server or by the relay of the row.
create table content_usage (
  organisation_id uuid not null references organisation (id),
  hour timestamptz not null,
  repository_id uuid,
  revision_id uuid,
  snapshot_id uuid,
  relay_id uuid,
  site text not null default '',
  requests bigint not null default 0,
  hits bigint not null default 0,
  served_bytes bigint not null default 0,
  upstream_bytes bigint not null default 0
);
create unique index content_usage_row on content_usage (organisation_id, hour, repository_id, revision_id, snapshot_id, relay_id, site)
  nulls not distinct;

create table content_setting (
  organisation_id uuid primary key references organisation (id),
  snapshot_every_hours double precision,
  next_snapshot_at timestamptz,
  retention_days double precision not null default 90
);

create table content_collection (
  id uuid primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  removed_count bigint not null default 0,
  removed_bytes bigint not null default 0,
  message text not null default ''
);

alter table run add column snapshot_id uuid references content_snapshot (id);
create index run_snapshot on run (snapshot_id) where snapshot_id is not null;
alter table run_target drop constraint run_target_request_check,
  add constraint run_target_request_check
    check (request in ('cancel', 'retry', 'roll-back', 'reboot', 'restart-services', 'pre-stage'));
