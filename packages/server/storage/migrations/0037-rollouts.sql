-- Rollouts: one run of a policy's version over a snapshot, ring by ring. Orders and their outcomes are those of its run.

create table rollout (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  policy_id uuid not null,
  policy_version integer not null,
  name text not null,
  state text not null default 'preparing' check (state in ('preparing', 'awaiting-approval', 'running', 'halted', 'rolling-back',
    'rolled-back', 'finished', 'cancelled')),
  -- What it waits for as a whole, in words.
  explanation text not null,
  started_at timestamptz not null,
  started_by text not null,
  -- 'person', 'schedule' or 'urgent'.
  started_for text not null check (started_for in ('person', 'schedule', 'urgent')),
  -- Null: endpoints' own repositories, or a snapshot that is being made under this name.
  snapshot_id uuid references content_snapshot (id),
  snapshot_name text,
  -- What the orders of all its endpoints say besides packages, from its policy: steps and checks, and for how long a person may defer a
  -- reboot; null: nobody is asked.
  deploy jsonb not null,
  defer_reboot_seconds integer,
  -- Nothing new begins.
  halted_at timestamptz,
  halted_by text,
  halted_why text,
  cancelled_at timestamptz,
  cancelled_by text,
  ended_at timestamptz,
  predicted_ends_at timestamptz,
  -- Deadlines that can't hold, as the planner told them last.
  misses jsonb not null default '[]',
  -- The plan that is followed; the next one takes its place by compare-and-set.
  plan_id uuid,
  -- When to look again although nothing has happened.
  look_at timestamptz not null,
  foreign key (policy_id, policy_version) references policy_version (policy_id, version)
);
create index rollout_organisation on rollout (organisation_id, started_at desc, id desc);
create index rollout_due on rollout (look_at) where ended_at is null;
-- Whatever a server does wrong, two rollouts of a policy never run side by side.
create unique index rollout_one_active on rollout (policy_id) where ended_at is null;

create table rollout_ring (
  rollout_id uuid not null references rollout (id),
  number integer not null,
  name text not null,
  -- Bounds of its trials.
  trial jsonb not null,
  state text not null default 'waiting',
  -- Why its gate is not passed, in words.
  explanation text not null default '',
  opened_at timestamptz,
  passed_at timestamptz,
  -- Passed by hand: by whom, and why.
  skipped_by text,
  skipped_why text,
  -- Its endpoints go back: by whom or by which rule.
  roll_back_at timestamptz,
  roll_back_by text,
  -- What is recalled because its endpoints failed; null: nothing was to be. Done in a transaction of its own, once.
  block jsonb,
  blocked_at timestamptz,
  -- As far as the plan can say.
  opens_at timestamptz,
  ends_at timestamptz,
  passes_at timestamptz,
  primary key (rollout_id, number)
);

-- Fixes as they were pending at the start, and what lists of them endpoints had.
create table rollout_patch (
  rollout_id uuid not null references rollout (id),
  number integer not null,
  name text not null,
  version text not null,
  severity text not null,
  kev boolean not null,
  vulnerabilities text[] not null,
  deadline timestamptz,
  deadline_because text not null,
  risk double precision not null,
  primary key (rollout_id, number)
);

create table rollout_patch_set (
  rollout_id uuid not null references rollout (id),
  number integer not null,
  patches integer[] not null,
  -- What endpoints with it are asked to plan.
  selection jsonb not null,
  deadline timestamptz,
  primary key (rollout_id, number)
);

create table rollout_member (
  rollout_id uuid not null references rollout (id),
  endpoint_id uuid not null references endpoint (id),
  organisation_id uuid not null,
  ring integer not null,
  patch_set integer not null,
  -- As they were at the start: who moves in the middle of a rollout stays where it is.
  time_zone text not null,
  -- Its groups in each of the policy's budgets, as a list of lists.
  budget_groups jsonb not null,
  expected_ms integer not null,
  -- What the plan says of it.
  outcome text not null default 'waiting' check (outcome in ('done', 'busy', 'failed', 'waiting', 'offline', 'left-out')),
  explanation text not null default '',
  wait jsonb,
  slot jsonb,
  generation integer not null default 0,
  -- Nothing happens on it before, because a person said so.
  hold_by text,
  hold_why text,
  hold_until timestamptz,
  rebooted_at timestamptz,
  primary key (rollout_id, endpoint_id)
) with (fillfactor = 70);
create index rollout_member_endpoint on rollout_member (endpoint_id, rollout_id);
create index rollout_member_ring on rollout_member (rollout_id, ring, outcome);

-- Immutable. One plan has one successor at most, so what was followed is a line and never a fork.
create table rollout_plan (
  id uuid primary key,
  rollout_id uuid not null references rollout (id),
  parent_id uuid references rollout_plan (id),
  number integer not null,
  made_at timestamptz not null,
  -- Over its parent's digest, all that it changes, and its actions.
  sha256 text not null,
  changed_count integer not null,
  -- The first of what it changes.
  changes jsonb not null,
  actions jsonb not null,
  unique nulls not distinct (rollout_id, parent_id),
  unique (rollout_id, number)
);
alter table rollout add foreign key (plan_id) references rollout_plan (id);

create function refuse_rollout_plan_change() returns trigger language plpgsql as $$
begin
  raise exception 'plans are immutable' using errcode = 'integrity_constraint_violation';
end $$;
create trigger rollout_plan_immutable before update or delete on rollout_plan
  for each row execute function refuse_rollout_plan_change();

-- One person counts once. Ring -1: the whole rollout.
create table rollout_approval (
  rollout_id uuid not null references rollout (id),
  ring integer not null,
  person text not null,
  at timestamptz not null,
  primary key (rollout_id, ring, person)
);

create table rollout_probe (
  rollout_id uuid not null references rollout (id),
  ring integer not null,
  name text not null,
  -- Null: no answer, which is never a good one.
  value double precision,
  message text not null,
  at timestamptz not null,
  primary key (rollout_id, ring, name)
);

-- What was decided or happened, by whom and why.
create table rollout_event (
  id bigint generated always as identity primary key,
  rollout_id uuid not null references rollout (id),
  at timestamptz not null,
  actor text not null,
  kind text not null,
  ring integer,
  summary text not null
);
create index rollout_event_rollout on rollout_event (rollout_id, id desc);

-- Starts of a policy's calendar, each decided once, and what became of them.
create table policy_start (
  policy_id uuid not null references policy (id),
  organisation_id uuid not null references organisation (id),
  occurs_at timestamptz not null,
  decided_at timestamptz not null,
  rollout_id uuid references rollout (id),
  summary text not null,
  primary key (policy_id, occurs_at)
);

alter table run add column rollout_id uuid references rollout (id);
create unique index run_rollout on run (rollout_id) where rollout_id is not null;
alter table run_target
  -- Of a rollout's run: what this endpoint is asked to plan; null: what the run says.
  add column selection jsonb,
  -- The approval is for an installation that begins before this.
  add column start_before timestamptz;
alter table run_target drop constraint run_target_request_check,
  add constraint run_target_request_check
    check (request in ('cancel', 'retry', 'roll-back', 'reboot', 'restart-services', 'pre-stage', 'trial'));
