-- Endpoints and what they report. Every row belongs to an organisation and every query filters by it.

create table enrolment_token (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  name text not null check (length(name) between 1 and 100),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  use_count bigint not null default 0,
  maximum_uses bigint check (maximum_uses > 0),
  revoked_at timestamptz
);
create index enrolment_token_organisation on enrolment_token (organisation_id, created_at);

create table endpoint (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  enrolment_token_id uuid not null references enrolment_token (id),
  -- SHA-256 of the raw public key, lower-case hex; the key itself in base64url.
  keyid text not null,
  public_key text not null,
  machine text not null,
  hostname text not null,
  os_id text not null,
  os_name text not null,
  architecture text not null,
  kernel text not null default '',
  enrolled_at timestamptz not null,
  removed_at timestamptz,
  -- The newest order generation given out; orders take theirs in the transaction that creates them.
  generation bigint not null default 0,
  -- The endpoint's condition but for silence, computed by one pure function whenever a fact behind it changes, in the
  -- same transaction. Kept so that a list of 10,000 is sorted and filtered by the database.
  condition text not null default 'unknown',
  explanation text not null default 'not scanned yet: it has not reported all its documents',
  waits jsonb not null default '[]',
  gaps jsonb not null default '[]',
  reboot_required boolean not null default false,
  package_count integer not null default 0,
  update_count integer not null default 0,
  security_update_count integer not null default 0,
  open_finding_count integer not null default 0
);
-- A removed endpoint's key may enrol anew; two living endpoints never share one.
create unique index endpoint_keyid on endpoint (keyid) where removed_at is null;
create index endpoint_organisation on endpoint (organisation_id, hostname, id) where removed_at is null;

-- Narrow and half empty, so that a check-in is a heap-only update of one page.
create table heartbeat (
  endpoint_id uuid primary key references endpoint (id),
  organisation_id uuid not null,
  last_seen_at timestamptz not null,
  -- The newest sequence of each lane: what is not newer was replayed.
  main_sequence bigint not null,
  held_sequence bigint not null default 0,
  -- Until when a held request is open; null: none.
  held_until timestamptz,
  boot_id text not null default '',
  agent_version text not null default '',
  -- The documents that hold for the endpoint now (an interval below is open for each).
  manifest_sha256 text,
  system_sha256 text,
  updates_sha256 text,
  -- What its newest check-in named. Assessed only when all three are the ones that hold.
  reported_manifest text,
  reported_system text,
  reported_updates text
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- One installed package as a manifest lists it, stored once for all endpoints that have it in the same form.
create table package_version (
  id integer generated always as identity primary key,
  organisation_id uuid not null references organisation (id),
  -- SHA-256 of the entry's canonical JSON.
  key bytea not null,
  name text not null,
  architecture text not null,
  version text not null,
  source text not null,
  source_version text not null,
  status text not null,
  automatic boolean not null,
  held boolean not null,
  origin jsonb,
  unique (organisation_id, key)
);
create index package_version_name on package_version (organisation_id, name);

create table manifest (
  organisation_id uuid not null references organisation (id),
  sha256 text not null,
  scheme text not null,
  distribution jsonb not null,
  architecture text not null,
  package_ids integer[] not null,
  first_seen_at timestamptz not null,
  primary key (organisation_id, sha256)
);
-- Which lists hold this package version: the question that a new advisory asks.
create index manifest_package_ids on manifest using gin (package_ids);

create table endpoint_manifest (
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  sha256 text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  foreign key (organisation_id, sha256) references manifest (organisation_id, sha256)
);
create unique index endpoint_manifest_open on endpoint_manifest (endpoint_id) where valid_to is null;
create index endpoint_manifest_interval on endpoint_manifest (endpoint_id, valid_from);

create table update_version (
  id integer generated always as identity primary key,
  organisation_id uuid not null references organisation (id),
  key bytea not null,
  name text not null,
  architecture text not null,
  installed text not null,
  candidate text not null,
  source text not null,
  source_version text not null,
  security boolean not null,
  origin jsonb not null,
  download_bytes bigint not null,
  held boolean not null,
  phased jsonb,
  unique (organisation_id, key)
);
create index update_version_name on update_version (organisation_id, name);

create table update_list (
  organisation_id uuid not null references organisation (id),
  sha256 text not null,
  update_ids integer[] not null,
  update_count integer not null,
  security_update_count integer not null,
  indexes jsonb not null,
  gaps jsonb not null,
  first_seen_at timestamptz not null,
  primary key (organisation_id, sha256)
);
create index update_list_update_ids on update_list using gin (update_ids);

create table endpoint_updates (
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  sha256 text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  foreign key (organisation_id, sha256) references update_list (organisation_id, sha256)
);
create unique index endpoint_updates_open on endpoint_updates (endpoint_id) where valid_to is null;
create index endpoint_updates_interval on endpoint_updates (endpoint_id, valid_from);
create index endpoint_updates_sha256 on endpoint_updates (organisation_id, sha256) where valid_to is null;

-- Names its endpoint, so it is not shared.
create table endpoint_system (
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  sha256 text not null,
  document jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index endpoint_system_open on endpoint_system (endpoint_id) where valid_to is null;
create index endpoint_system_interval on endpoint_system (endpoint_id, valid_from);
