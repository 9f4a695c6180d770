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
