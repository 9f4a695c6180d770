-- What a recall means for orders: kept beside each order in words, so that planning a run reads no transactions.

-- Package versions of the order's transaction that are blocked now: 'openssl 3.0.22-1 (breaks TLS 1.2)'.
alter table endpoint_order add column blocked text[] not null default '{}';

-- Counts that follow from what became of the orders are not stored.
alter table content_block drop column stopped_orders, drop column too_late_orders;

-- Orders that were under way with a blocked version when it was blocked.
create table content_block_order (
  block_id uuid not null references content_block (id),
  order_id uuid not null references endpoint_order (id),
  endpoint_id uuid not null,
  -- withdrawn: never fetched by its endpoint. asked: to stop before its point of no return. too-late: past it already.
  ending text not null check (ending in ('withdrawn', 'asked', 'too-late')),
  primary key (block_id, order_id)
);
create index content_block_order_order on content_block_order (order_id);

-- Which of a transaction's changes install a version that is blocked now, in words. The one definition, for plans that come in, for
-- approvals and for blocks that are made later. A source covers what says that it is built from it, and what repositories and
-- endpoints know to be.
create function content_blocked(organisation uuid, changes jsonb) returns text[] language sql stable as $$
  select coalesce((array_agg(distinct c.name || ' ' || c."to" || ' (' || left(b.reason, 200) || ')'))[1:20], '{}')
  from content_block b
  join jsonb_to_recordset(changes) as c (name text, architecture text, "to" text, source text)
    on b.architecture is null or b.architecture = c.architecture
  where b.organisation_id = organisation and b.lifted_at is null and (
    (not b.source and c.name = b.name and c."to" = b.version)
    or (b.source and (
      (c.source = b.name and c."to" = b.version)
      or exists (select from content_package p join content_repository r on r.id = p.repository_id
        where r.organisation_id = organisation and p.name = c.name and p.version = c."to"
          and p.source = b.name and p.source_version = b.version)
      or exists (select from package_version s
        where s.organisation_id = organisation and s.name = c.name and s.version = c."to"
          and s.source = b.name and s.source_version = b.version))))
$$;

-- Packages of an organisation's repositories that it blocks now.
create view content_blocked_package as
  select b.organisation_id, b.id as block_id, p.* from content_block b
    join content_package p on p.name = b.name and p.version = b.version
    join content_repository r on r.id = p.repository_id and r.organisation_id = b.organisation_id
    where b.lifted_at is null and not b.source and (b.architecture is null or b.architecture = p.architecture)
  union
  select b.organisation_id, b.id as block_id, p.* from content_block b
    join content_package p on p.source = b.name and p.source_version = b.version
    join content_repository r on r.id = p.repository_id and r.organisation_id = b.organisation_id
    where b.lifted_at is null and b.source and (b.architecture is null or b.architecture = p.architecture);

-- Where a blocked source is installed.
create index package_version_source on package_version (organisation_id, source, source_version);
