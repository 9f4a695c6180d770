-- Distinct software, and what is concluded about it. A verdict is about a package version, whoever has it.

create table software (
  id integer generated always as identity primary key,
  -- SHA-256 of the canonical JSON of all columns up to the package URL.
  key bytea not null unique,
  namespace text not null,
  name text not null,
  version text not null,
  scheme text not null,
  architecture text,
  source_name text,
  source_version text,
  origin text not null,
  origin_name text,
  module text,
  channel text,
  purl text not null,
  -- Of a package that holds a kernel or a part of it: the release that it belongs to, as uname -r prints it.
  kernel_release text,
  -- Null: not assessed yet.
  assessed_at timestamptz
);
create index software_unassessed on software (id) where assessed_at is null;
create index software_by_name on software (namespace, coalesce(source_name, name), id);
create index software_name on software (name, version);

-- The names under which advisories may speak of it.
create table software_key (
  software_id integer not null references software (id),
  namespace text not null,
  name text not null,
  name_kind text not null,
  primary key (namespace, name, name_kind, software_id)
);
create index software_key_software on software_key (software_id);

create table verdict (
  id bigint generated always as identity primary key,
  software_id integer not null references software (id),
  vulnerability text not null,
  outcome text not null check (outcome in ('affected', 'unknown')),
  fix_state text not null,
  fix_version text,
  -- Whether fix_version is one of the source or of the binary package.
  fix_of text,
  fix_channel text,
  vendor_status text,
  severity text,
  -- Of everything that a reader would call another conclusion: an equal one is not written again.
  digest bytea not null,
  evidence jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index verdict_open on verdict (software_id, vulnerability) where valid_to is null;
create index verdict_ended on verdict (software_id) where valid_to is not null;
create index verdict_vulnerability on verdict (vulnerability, software_id);

-- What could not be decided, and why.
create table software_gap (
  software_id integer not null references software (id),
  reason text not null,
  why text not null,
  -- Null: the whole software.
  vulnerability text,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create index software_gap_open on software_gap (software_id) where valid_to is null;
create index software_gap_ended on software_gap (software_id) where valid_to is not null;

-- A narrow id, so that a million endpoints are joined by four bytes and not by a digest.
alter table manifest add column id integer generated always as identity unique;
-- Null: its software was not looked at yet, the reconciler does.
alter table manifest add column software_ids integer[];
alter table manifest add column components jsonb not null default '[]';
create index manifest_software_ids on manifest using gin (software_ids) with (fastupdate = off);
create index manifest_unread on manifest (id) where software_ids is null;

alter table endpoint_manifest add column manifest_id integer;
update endpoint_manifest em set manifest_id = m.id from manifest m
  where m.organisation_id = em.organisation_id and m.sha256 = em.sha256;
alter table endpoint_manifest alter column manifest_id set not null;
create index endpoint_manifest_manifest on endpoint_manifest (manifest_id, endpoint_id) where valid_to is null;
create index endpoint_manifest_ended on endpoint_manifest (manifest_id, endpoint_id) where valid_to is not null;

-- Which kernel ran, and which one the next boot would start (null: none, or not known). A kernel's package that is
-- neither is on the disk and nowhere else.
create table endpoint_kernel (
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  running text not null,
  installed text,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index endpoint_kernel_open on endpoint_kernel (endpoint_id) where valid_to is null;
create index endpoint_kernel_interval on endpoint_kernel (endpoint_id, valid_from);
insert into endpoint_kernel (organisation_id, endpoint_id, running, installed, valid_from)
  select organisation_id, endpoint_id, document->'kernel'->>'running', document->'kernel'->>'installed', valid_from
  from endpoint_system where valid_to is null;
