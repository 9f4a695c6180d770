-- Delivery of content: counting exactly once, relays, collections.

-- Tickets of removed endpoints are refused while they would still be valid.
create index endpoint_removed on endpoint (removed_at) where removed_at is not null;

-- What a server process has written to content_usage: a batch whose answer was lost is recognised when it comes again.
create table content_usage_writer (
  id uuid primary key,
  sequence bigint not null,
  at timestamptz not null
);
create index content_usage_hour on content_usage (organisation_id, hour);

create index content_relay_site on content_relay (organisation_id) where removed_at is null;

-- One collection at a time writes here how far it is.
alter table content_collection add column examined_count bigint not null default 0;
create index content_collection_started on content_collection (started_at desc);

-- What a relay got from its server; not over the Internet link, but over the one between them.
alter table content_usage add column fetched_bytes bigint not null default 0;
