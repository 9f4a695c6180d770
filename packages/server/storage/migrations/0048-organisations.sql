-- A provider's organisation with its clients below. What is archived keeps its rows and its evidence; nobody can act in it.

alter table organisation
  add column parent_id uuid references organisation (id) check (parent_id <> id),
  add column archived_at timestamptz,
  drop constraint organisation_name_check,
  add constraint organisation_name_check check (length(name) between 1 and 200 and name = btrim(name));
create index organisation_parent on organisation (parent_id);
-- Two clients of one name could be taken for each other.
create unique index organisation_name on organisation (coalesce(parent_id, id), lower(name)) where archived_at is null;

-- An organisation and all above it, the nearest first: whose people may have been let in here. Bounded, should the rows ever
-- go round in a circle.
create function organisations_above(organisation uuid) returns table (id uuid, distance integer) language sql stable as $$
  with recursive above (id, parent_id, distance) as (
    select o.id, o.parent_id, 0 from organisation o where o.id = organisation
    union all
    select o.id, o.parent_id, a.distance + 1 from organisation o join above a on o.id = a.parent_id where a.distance < 3
  )
  select id, distance from above
$$;
