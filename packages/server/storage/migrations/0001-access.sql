-- Who may use this server. Secrets are kept as SHA-256 only: each has 256 random bits, so a slow hash adds nothing.

create table organisation (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now()
);

create table person (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  unique (organisation_id, name)
);

create table sign_in_link (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  organisation_id uuid not null references organisation (id),
  person_id uuid not null references person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_link_expires_at on sign_in_link (expires_at);

create table session (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  id uuid not null unique,
  organisation_id uuid not null references organisation (id),
  person_id uuid not null references person (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index session_expires_at on session (expires_at);

create table api_token (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  secret_hash bytea not null unique check (length(secret_hash) = 32),
  name text not null check (length(name) between 1 and 100),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  use_count bigint not null default 0,
  revoked_at timestamptz
);
create index api_token_organisation on api_token (organisation_id, created_at);

-- The server's own small facts that every replica must share.
create table server_setting (
  organisation_id uuid not null references organisation (id),
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (organisation_id, name)
);

insert into organisation (id, name) values ('00000000-0000-7000-8000-000000000001', 'Default');
insert into person (id, organisation_id, name)
  values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'Administrator');
