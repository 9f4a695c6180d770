-- Versions of the agent, on their way through organisations: canaries first, then the others in waves.

alter table heartbeat
  -- It has the root of a repository of agents, so it may take what that offers.
  add column takes_updates boolean not null default false,
  -- For what ran before this was written down, nobody knows better.
  add column agent_version_since timestamptz not null default now();
create index heartbeat_takes_updates on heartbeat (organisation_id) where takes_updates;

-- How a version does in an organisation; a row is made when it is offered first, or when a person blocks it.
create table agent_version (
  organisation_id uuid not null references organisation (id),
  version text not null,
  state text not null check (state in ('under-way', 'paused', 'halted', 'blocked', 'finished')),
  wave integer not null default 0,
  wave_since timestamptz not null,
  -- What endpoints did before is forgiven: it began then, or a person said that it goes on.
  judged_since timestamptz not null,
  -- Who may be told (AgentReach), and whether anybody else is; decided in one place, so that replicas agree.
  reach jsonb not null default '{"through":-1,"canaries":[]}',
  open boolean not null default true,
  -- What it waits for, or why it stopped, in words; and how the endpoints of the wave do (AgentCounts; null: not looked at yet).
  explanation text not null default '',
  counts jsonb,
  decided_by text,
  started_at timestamptz not null,
  primary key (organisation_id, version)
);

-- Which version an endpoint was told of last, and when first.
create table agent_told (
  endpoint_id uuid primary key references endpoint (id),
  organisation_id uuid not null references organisation (id),
  version text not null,
  told_at timestamptz not null
);

-- Each version that an endpoint gave up is written down once.
alter table agent_given_up drop constraint agent_given_up_pkey, add primary key (endpoint_id, version);
