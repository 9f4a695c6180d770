-- Runs, their targets, and the orders that they became.

create table run (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null,
  selection jsonb not null,
  state text not null,
  explanation text not null,
  created_at timestamptz not null,
  created_by text not null,
  approved_at timestamptz,
  approved_by text,
  cancel_requested_at timestamptz,
  finished_at timestamptz,
  restart_services boolean not null default true,
  target_count integer not null
);
create index run_organisation on run (organisation_id, created_at desc);
create index run_active on run (id) where state in ('planning', 'awaiting-approval', 'running');

create table run_target (
  run_id uuid not null references run (id),
  endpoint_id uuid not null references endpoint (id),
  organisation_id uuid not null,
  -- Derived from the orders by the pure planner, kept for lists and counts.
  state text not null default 'planning',
  explanation text not null default 'waits to be asked for its plan',
  transaction_digest text,
  under_way boolean not null default true,
  needs_approval boolean not null default false,
  -- What people decided.
  approved_digest text,
  dropped text check (dropped in ('not-approved', 'cancelled')),
  request text check (request in ('cancel', 'retry', 'roll-back', 'reboot', 'restart-services')),
  primary key (run_id, endpoint_id)
) with (fillfactor = 80);
create index run_target_endpoint on run_target (endpoint_id, run_id);
create index run_target_under_way on run_target (run_id) where under_way;

create table endpoint_order (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  endpoint_id uuid not null references endpoint (id),
  run_id uuid references run (id),
  generation bigint not null,
  kind text not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  issued_by text not null,
  -- The signed envelope, as the endpoint gets it.
  envelope jsonb not null,
  transaction_digest text,
  delivered_at timestamptz,
  cancel_requested_at timestamptz,
  cancel_delivered_at timestamptz,
  -- The endpoint fetched it and shows no trace of it: the reply was lost, so it is offered again.
  redeliver boolean not null default false,
  -- Given up without an outcome, or before one came.
  closed_at timestamptz,
  closed_reason text check (closed_reason in ('cancelled', 'silent', 'expired', 'endpoint-removed')),
  progress jsonb,
  -- The one recorded end.
  outcome jsonb,
  outcome_sha256 text,
  outcome_at timestamptz,
  -- What of the outcome decides how the run goes on.
  result jsonb,
  unique (endpoint_id, generation)
);
create index endpoint_order_open on endpoint_order (endpoint_id) where outcome_at is null and closed_at is null;
create index endpoint_order_run on endpoint_order (run_id, endpoint_id, generation);
create index endpoint_order_endpoint on endpoint_order (endpoint_id, generation desc);
-- Whatever a server does wrong, a target never has two orders under way in the same run.
create unique index endpoint_order_one_open on endpoint_order (run_id, endpoint_id)
  where outcome_at is null and closed_at is null and run_id is not null;
