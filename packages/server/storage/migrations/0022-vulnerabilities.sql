-- What is known of a vulnerability, what an organisation decided about it, and how its fleet stands.

-- Computed from facts, shared by all organisations, replaced when a fact changes.
create table vulnerability (
  id text primary key,
  title text not null,
  severity text not null,
  cvss real,
  epss real,
  kev jsonb,
  exploited boolean not null,
  exploit_public boolean not null,
  score real not null,
  decision text not null,
  -- The arithmetic: steps and reasons.
  priority jsonb not null,
  computed_at timestamptz not null
);

create table vulnerability_override (
  organisation_id uuid not null references organisation (id),
  vulnerability text not null,
  severity text,
  decision text,
  score real,
  reason text not null,
  created_by text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create unique index vulnerability_override_open on vulnerability_override (organisation_id, vulnerability)
  where ended_at is null;

create table vulnerability_exception (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  vulnerability text not null,
  -- Null: every package, every endpoint.
  package text,
  endpoint_id uuid references endpoint (id),
  -- Of a statement that was imported: the product that it speaks of, a package URL with or without a version.
  purl text,
  kind text not null check (kind in ('accepted', 'not-affected', 'false-positive')),
  justification text,
  reason text not null,
  owner text not null,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  check (kind <> 'accepted' or expires_at is not null)
);
create index vulnerability_exception_organisation on vulnerability_exception (organisation_id, vulnerability);

-- One row for each vulnerability that an organisation's endpoints have now: computed from manifests and verdicts by the
-- reconciler, replaceable at any time. A list of a million findings is read from here.
create table vulnerability_summary (
  organisation_id uuid not null references organisation (id),
  vulnerability text not null,
  title text not null,
  severity text not null,
  cvss real,
  epss real,
  kev jsonb,
  exploited boolean not null,
  exploit_public boolean not null,
  score real not null,
  decision text not null,
  packages text[] not null,
  fix_state text not null,
  -- Every vendor calls it unimportant, or nobody could decide whether it applies.
  minor boolean not null,
  endpoint_count integer not null,
  accepted_count integer not null,
  not_effective_count integer not null,
  first_seen_at timestamptz not null,
  primary key (organisation_id, vulnerability)
);
create index vulnerability_summary_score on vulnerability_summary (organisation_id, score desc, vulnerability);

-- When an organisation's rows above and its curves were computed, and since when they are out of date.
create table assessment_state (
  organisation_id uuid primary key references organisation (id),
  due_at timestamptz,
  computed_at timestamptz,
  -- Points of the risk's curve, days to remediate, exposure days; namespaces of the fleet with counts of endpoints.
  risk jsonb,
  next_patches jsonb,
  namespaces jsonb not null default '[]'
);

-- Endpoints whose findings have to be judged again because verdicts changed: the reconciler's queue.
create table endpoint_due (
  endpoint_id uuid primary key references endpoint (id),
  organisation_id uuid not null,
  since timestamptz not null
);
