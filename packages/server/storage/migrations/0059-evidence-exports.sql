-- Where the evidence goes besides: to collectors of logs. What was sent is a place in the log, moved only after the receiver has it.
create table evidence_export (
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 63),
  destination jsonb not null,
  format text not null check (format in ('ocsf', 'text')),
  -- The client's key, or the authorization.
  secret_sealed bytea,
  created_at timestamptz not null,
  sent_through bigint not null check (sent_through >= 0),
  last_sent_at timestamptz,
  next_try_at timestamptz not null,
  -- In a row; none: all is well.
  failures integer not null default 0,
  failing_since timestamptz,
  failure text,
  primary key (organisation_id, name)
);
