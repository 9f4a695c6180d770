-- What publishers state, shared by all organisations: it says nothing of who has what. Temporal: what was corrected or
-- taken back ends (valid_to), nothing is deleted.

-- How the last synchronisation of each feed went. The watermark moves in the transaction of the data.
create table feed_state (
  feed text primary key,
  watermark text,
  validators jsonb not null default '[]',
  synced_at timestamptz,
  changed_at timestamptz,
  advisory_count bigint not null default 0,
  fact_count bigint not null default 0,
  fault_count bigint not null default 0,
  faults jsonb not null default '[]',
  failure jsonb
);

-- What people set for a feed, and when it is its turn; apart from its state, which an import may bring too.
create table feed_schedule (
  feed text primary key,
  mode text not null default 'auto' check (mode in ('auto', 'on', 'off')),
  -- Null: the publisher's own address, or the mirror of the settings.
  base_url text,
  attempted_at timestamptz,
  next_at timestamptz,
  -- Somebody asked for it now.
  asked_at timestamptz,
  -- Of the attempt that is under way: a replica that dies leaves it, its advisory lock is gone.
  running jsonb
);

-- A record of a feed, whatever it says at the moment.
create table advisory (
  id integer generated always as identity primary key,
  feed text not null,
  record_id text not null,
  unique (feed, record_id)
);

create table advisory_version (
  advisory_id integer not null references advisory (id),
  -- Of the whole normalised record: tells whether it has changed.
  digest bytea not null,
  name text not null,
  aliases text[] not null,
  vulnerabilities text[] not null,
  severity text,
  withdrawn text,
  -- Provenance: the record's place in the feed (null: its id) and the SHA-256 of its bytes.
  record text,
  sha256 bytea not null,
  -- The rest of it, without claims.
  document jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index advisory_version_open on advisory_version (advisory_id) where valid_to is null;
create index advisory_version_interval on advisory_version (advisory_id, valid_from);
-- Without a list of pending entries: a feed writes a hundred thousand at once, and every question would read them through.
create index advisory_version_vulnerabilities on advisory_version using gin (vulnerabilities) with (fastupdate = off)
  where valid_to is null;

create table claim (
  id bigint generated always as identity primary key,
  advisory_id integer not null references advisory (id),
  namespace text not null,
  name_kind text not null,
  name text not null,
  -- Of the claim and of what its advisory adds to a verdict: an equal claim is not written again.
  digest bytea not null,
  body jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create index claim_name on claim (namespace, name, name_kind);
create index claim_advisory on claim (advisory_id) where valid_to is null;

create table fact (
  feed text not null,
  kind text not null,
  subject text not null,
  -- Without kind and subject, which stand beside it: of EPSS there are 360,000.
  body jsonb not null,
  record text,
  sha256 bytea not null,
  valid_from timestamptz not null,
  valid_to timestamptz
);
create unique index fact_open on fact (kind, subject, feed) where valid_to is null;
create index fact_ended on fact (kind, subject) where valid_to is not null;

-- Names whose claims changed and whose software was not assessed again yet: the reconciler's queue, filled in the
-- transaction that changes the claims.
create table assessment_due (
  namespace text not null,
  name text not null,
  name_kind text not null,
  since timestamptz not null,
  primary key (namespace, name, name_kind)
);

-- Vulnerabilities whose facts or verdicts changed and whose priority was not computed again yet.
create table priority_due (
  vulnerability text primary key,
  since timestamptz not null
);
