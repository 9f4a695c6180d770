-- Keys that sign orders, one after another, and the lists by which endpoints follow from one to the next.

-- Of the server; its first organisation's rows, so that no other's request sees them.
create table order_key (
  keyid text primary key,
  organisation_id uuid not null references organisation (id),
  public_key text not null,
  made_at timestamptz not null,
  made_by text not null,
  -- How other servers on this database, and one that was killed, get it. The first key stands in a file alone.
  private_key_sealed bytea,
  -- Another signs since.
  replaced_at timestamptz,
  -- In no list any more.
  retired_at timestamptz,
  -- It may be in wrong hands: nothing that it signed counts, tickets included.
  revoked boolean not null default false
);
create unique index order_key_present on order_key ((true)) where replaced_at is null;

-- What endpoints are shown: public, and the same for all organisations.
create table order_key_list (
  sequence bigint primary key,
  -- Whose orders count, the one that signs first.
  keys jsonb not null,
  -- Signed by the key before; null: the list that endpoints got at enrolment before there was another.
  envelope jsonb,
  issued_at timestamptz not null
);
