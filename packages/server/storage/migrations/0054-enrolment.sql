-- Who gets in, and stays who it is.

alter table organisation add column approve_enrolments boolean not null default false;

-- What an endpoint is given by its token, and from where it may come (CIDR blocks; none: from anywhere).
alter table enrolment_token
  add column labels jsonb not null default '{}',
  add column groups text[] not null default '{}',
  add column site text not null default '' check (length(site) <= 100),
  add column networks text[] not null default '{}',
  add column approve boolean not null default false;

alter table endpoint
  -- `waiting`: it may check in, so that it is seen, and gets neither orders nor content.
  add column admission text not null default 'admitted' check (admission in ('admitted', 'waiting', 'refused')),
  add column admitted_by text,
  -- From where it enrolled.
  add column address text,
  -- The newest endpoint of the same machine from before.
  add column former_id uuid references endpoint (id),
  -- Grows with each new key, so that no replica goes on with one that it remembers.
  add column key_number integer not null default 0,
  -- null: since it enrolled.
  add column key_since timestamptz,
  add column quarantined_at timestamptz,
  add column quarantined_by text,
  add column quarantine_reason text,
  -- Of several machines with its key, the one that is to make itself a new one.
  add column keeping_boot_id text;
create index endpoint_waiting on endpoint (organisation_id, enrolled_at) where admission = 'waiting' and removed_at is null;
create index endpoint_quarantined on endpoint (quarantined_at) where quarantined_at is not null and removed_at is null;
create index endpoint_machine on endpoint (organisation_id, machine, enrolled_at);

-- Keys besides the present ones, which stand in `endpoint`: offered and not used yet, or replaced.
create table endpoint_key (
  keyid text primary key,
  organisation_id uuid not null references organisation (id),
  endpoint_id uuid not null references endpoint (id),
  public_key text not null,
  offered_at timestamptz not null,
  retired_at timestamptz
);
create unique index endpoint_key_offered on endpoint_key (endpoint_id) where retired_at is null;

-- The starts of machines that spoke with an endpoint's key: one row for each boot, of the newest ones.
create table endpoint_place (
  organisation_id uuid not null references organisation (id),
  endpoint_id uuid not null references endpoint (id),
  boot_id text not null,
  machine text,
  address text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- How often it spoke again after another one had spoken.
  returns integer not null default 0,
  returned_at timestamptz,
  primary key (endpoint_id, boot_id)
);

-- Signed requests that came with a number that was used already, counted for a while.
create table endpoint_collision (
  endpoint_id uuid primary key references endpoint (id),
  organisation_id uuid not null references organisation (id),
  since timestamptz not null,
  count integer not null,
  newest_sequence bigint not null
);
