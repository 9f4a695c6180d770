-- What people say about patching: policies with all their versions, blackout calendars, freezes; and what endpoints are sorted by.

-- `role` → `web`; groups; an IANA zone, empty: the server's.
alter table endpoint
  add column labels jsonb not null default '{}',
  add column groups text[] not null default '{}',
  add column time_zone text not null default '';
create index endpoint_labels on endpoint using gin (labels jsonb_path_ops) where removed_at is null;
create index endpoint_groups on endpoint using gin (groups) where removed_at is null;
create index endpoint_site on endpoint (organisation_id, asset_site) where removed_at is null and asset_site <> '';

-- When any endpoint first reported the update: where its vendor states no date, it is at least as old as this.
alter table update_version add column first_seen_at timestamptz;
update update_version v set first_seen_at = seen.at
  from (select u.id, min(l.first_seen_at) as at from update_list l cross join lateral unnest(l.update_ids) as u (id) group by u.id)
    as seen
  where seen.id = v.id;
create index update_version_candidate on update_version (organisation_id, name, candidate, first_seen_at);

-- A policy under its present name. It is never deleted: rollouts name its versions.
create table policy (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null,
  -- The newest of its versions.
  version integer not null check (version > 0),
  created_at timestamptz not null,
  removed_at timestamptz,
  removed_by text
);
create unique index policy_name on policy (organisation_id, name) where removed_at is null;

create table policy_version (
  policy_id uuid not null references policy (id),
  organisation_id uuid not null references organisation (id),
  version integer not null check (version > 0),
  document jsonb not null,
  -- As it was written, and the SHA-256 of that.
  text text not null,
  sha256 text not null,
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (policy_id, version)
);

create function refuse_policy_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'versions of policies are immutable' using errcode = 'integrity_constraint_violation';
end $$;
create trigger policy_version_immutable before update or delete on policy_version
  for each row execute function refuse_policy_version_change();

-- Times in which nothing begins, as RFC 5545 text.
create table blackout_calendar (
  organisation_id uuid not null references organisation (id),
  name text not null,
  ics text not null,
  sha256 text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  -- Policies of rollouts under way may still name it; a calendar that is gone stops them.
  removed_at timestamptz,
  primary key (organisation_id, name)
);

create table policy_freeze (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  -- A filter of endpoints, as in a policy; empty: all.
  scope jsonb not null,
  reason text not null,
  starts_at timestamptz not null,
  -- Null: until somebody ends it.
  ends_at timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  ended_at timestamptz,
  ended_by text,
  check (ends_at is null or ends_at > starts_at)
);
create index policy_freeze_organisation on policy_freeze (organisation_id, created_at desc);
create index policy_freeze_standing on policy_freeze (organisation_id, starts_at) where ended_at is null;

-- A computation of the coming weeks, in a thread of one server; gone after a day.
create table simulation (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
  request jsonb not null,
  percent integer not null default 0 check (percent between 0 and 100),
  reply jsonb,
  error text,
  created_at timestamptz not null,
  created_by text not null,
  -- The server that computes it writes the time here; one that died does not.
  alive_at timestamptz not null,
  ended_at timestamptz,
  check ((reply is not null) = (state = 'done')),
  check ((ended_at is null) = (state = 'running'))
);
create unique index simulation_one_running on simulation (organisation_id) where state = 'running';
create index simulation_created on simulation (created_at);
