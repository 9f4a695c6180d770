-- What a rollout was told of failures at other organisations: of each version once, also while it is under way.
create table rollout_failure_elsewhere (
  rollout_id uuid not null references rollout (id),
  organisation_id uuid not null references organisation (id),
  name text not null,
  version text not null,
  -- Null: too few to be counted without saying who they are.
  organisation_count integer,
  platforms text[] not null,
  -- Of the last failure that was known then.
  day text not null,
  told_at timestamptz not null,
  primary key (rollout_id, name, version)
);
