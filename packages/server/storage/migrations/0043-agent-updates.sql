-- The last version of the agent that did not work on an endpoint, as the endpoint itself reports it. It is of the past as
-- soon as the endpoint runs that version after all.
create table agent_given_up (
  organisation_id uuid not null references organisation (id),
  endpoint_id uuid primary key references endpoint (id),
  version text not null,
  reason text not null,
  reported_at timestamptz not null
);
create index agent_given_up_version on agent_given_up (version);
