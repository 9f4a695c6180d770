-- Findings: a missing security update on an endpoint and its life, as intervals; never deleted.

create table finding (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  endpoint_id uuid not null references endpoint (id),
  package text not null,
  architecture text not null,
  source text not null,
  installed text not null,
  -- The newest version seen that fixes it.
  fixed text not null,
  state text not null check (state in ('open', 'scheduled', 'installed-not-effective', 'closed')),
  explanation text not null,
  opened_at timestamptz not null,
  scheduled_at timestamptz,
  installed_at timestamptz,
  closed_at timestamptz,
  -- `effective`, `removed` (the package is gone), `corrected` (it was no security update after all),
  -- `endpoint-removed`; only `effective` and `removed` count as remedied.
  end_reason text check (end_reason in ('effective', 'removed', 'corrected', 'endpoint-removed')),
  check ((closed_at is null) = (state <> 'closed')),
  check ((closed_at is null) = (end_reason is null))
);
create unique index finding_open on finding (endpoint_id, package, architecture) where closed_at is null;
create index finding_organisation_open on finding (organisation_id, opened_at desc) where closed_at is null;
create index finding_organisation on finding (organisation_id, opened_at);
