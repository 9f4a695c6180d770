-- What failed at other organisations of the same provider, where these agreed to say so and to be told.

-- Asked for by name and version when a rollout starts.
create index rollout_patch_version on rollout_patch (name, version);

-- A version that stopped a rollout here for that reason stops none again: whoever let it go on has decided.
create table failure_hold (
  organisation_id uuid not null references organisation (id),
  name text not null,
  version text not null,
  rollout_id uuid not null references rollout (id),
  held_at timestamptz not null,
  primary key (organisation_id, name, version)
);
