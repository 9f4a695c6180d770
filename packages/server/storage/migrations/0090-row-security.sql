-- PostgreSQL itself keeps organisations apart, under the application's own conditions. Connections of requests have the
-- role thimble_tenant and say whose rows they mean; no policy shows them anything else. Run again after every migration
-- (see storage/row-security.ts), so that a new table is covered without being named here.

-- Null: nobody's rows.
create function thimble_organisation() returns uuid language sql stable parallel safe
  return nullif(nullif(current_setting('thimble.organisation', true), ''), '*')::uuid;

-- Which rows of each table are the present organisation's. A table without organisation_id belongs to whom the row that
-- it hangs on belongs to; one that hangs on nothing of an organisation is shared by all, and has no rule.
-- The function is asked once for each statement, not for each row: that is what the select around it does.
create function row_security_rules() returns table (relation regclass, rule text) language plpgsql stable as $$
declare
  one constant text := 'organisation_id = (select thimble_organisation())';
  found_more boolean := true;
  known jsonb := '{}';
  hung record;
begin
  select jsonb_object_agg(c.oid, one) into known
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p');
  known := known || jsonb_build_object('organisation'::regclass::oid, 'id = (select thimble_organisation())');
  while found_more loop
    found_more := false;
    for hung in
      select distinct on (c.oid) c.oid, a.attname as own, f.attname as theirs, k.confrelid::regclass as parent
      from pg_constraint k join pg_class c on c.oid = k.conrelid
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
      where k.contype = 'f' and cardinality(k.conkey) = 1 and c.relnamespace = current_schema()::regnamespace
        and a.attnotnull and not known ? c.oid::text and known ? k.confrelid::text
      order by c.oid, a.attnum
    loop
      known := known || jsonb_build_object(hung.oid,
        format('%I in (select %I from %s)', hung.own, hung.theirs, hung.parent));
      found_more := true;
    end loop;
  end loop;
  return query select key::oid::regclass, value from jsonb_each_text(known);
end $$;

create function enforce_row_security() returns void language plpgsql as $$
declare
  one record;
begin
  for one in
    select c.oid::regclass as relation from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and c.relname <> 'schema_migration' and not has_table_privilege('thimble_tenant', c.oid, 'select')
  loop
    execute format('grant select, insert, update, delete on %s to thimble_tenant', one.relation);
  end loop;
  for one in
    select c.oid::regclass as relation from pg_class c
    where c.relnamespace = current_schema()::regnamespace
      and case when c.relkind = 'S' then not has_sequence_privilege('thimble_tenant', c.oid, 'usage') end
  loop
    execute format('grant usage on sequence %s to thimble_tenant', one.relation);
  end loop;
  -- Without this a view shows what its owner may see.
  for one in
    select c.oid::regclass as relation from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'v'
      and not coalesce(c.reloptions, '{}') @> '{security_invoker=true}'
  loop
    execute format('alter view %s set (security_invoker = true)', one.relation);
  end loop;
  -- Technicians of a provider are at home there and work here: they are seen, and changed by nobody but their own.
  if not exists (select from pg_policy where polrelid = 'person'::regclass and polname = 'guest') then
    create policy guest on person for select to thimble_tenant
      using (id in (select person_id from access_grant where organisation_id = (select thimble_organisation())));
  end if;
  for one in
    select r.relation, r.rule, c.relrowsecurity and c.relforcerowsecurity as is_forced,
      coalesce(obj_description(p.oid, 'pg_policy') = r.rule, false) as is_same
    from row_security_rules() r join pg_class c on c.oid = r.relation
    left join pg_policy p on p.polrelid = r.relation and p.polname = 'tenant'
  loop
    if not one.is_forced then
      execute format('alter table %s enable row level security', one.relation);
      -- For an owner that is no superuser; the server says that it is the server.
      execute format('alter table %s force row level security', one.relation);
      execute format('create policy server on %s to current_user using (current_setting(''thimble.organisation'', true) = ''*'')',
        one.relation);
    end if;
    if not one.is_same then
      execute format('drop policy if exists tenant on %s', one.relation);
      execute format('create policy tenant on %s to thimble_tenant using (%s)', one.relation, one.rule);
      execute format('comment on policy tenant on %s is %L', one.relation, one.rule);
    end if;
  end loop;
end $$;
