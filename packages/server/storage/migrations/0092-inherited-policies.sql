-- Policies of a provider that hold for the organisations below it. Each of these has a copy among its own rows, so that nothing
-- that decides for it ever reads another organisation's.

-- An organisation's clients, their parts, and so on, the nearest first; those that are archived too. Bounded like the way up.
create function organisations_below(organisation uuid) returns table (id uuid, distance integer) language sql stable as $$
  with recursive below (id, distance) as (
    select o.id, 1 from organisation o where o.parent_id = organisation
    union all
    select o.id, b.distance + 1 from organisation o join below b on o.parent_id = b.id where b.distance < 3
  )
  select id, distance from below
$$;

alter table policy
  -- Of the organisation above that it is a copy of; null: the organisation's own.
  add column origin_policy_id uuid references policy (id),
  -- How far above that organisation is, and its name.
  add column origin_levels integer,
  add column origin_name text,
  add constraint policy_origin_check check (num_nulls(origin_policy_id, origin_levels, origin_name) in (0, 3));
-- A copy that was removed comes back under its id: who is in which percentage of a ring does not change.
create unique index policy_origin on policy (organisation_id, origin_policy_id);
-- A policy may be enforced where there is an own one of its name already.
drop index policy_name;
create unique index policy_name on policy (organisation_id, name, (origin_policy_id is null)) where removed_at is null;

-- Of a copy: which version it is of.
alter table policy_version add column origin_version integer;
