-- People with ways of their own to sign in. Passwords are scrypt strings, the secrets of authenticator apps are sealed under a
-- key outside the database, recovery codes and sessions have enough random bits for a plain SHA-256.

-- Two people may have one name; what tells them apart when they sign in is the login, over the whole server.
alter table person drop constraint person_organisation_id_name_key;
alter table person
  add column login text unique check (login ~ '^[a-z0-9][a-z0-9._@+-]{0,199}$'),
  add column email text check (length(email) between 3 and 254),
  add column last_signed_in_at timestamptz,
  add column disabled_at timestamptz;

create table person_password (
  person_id uuid primary key references person (id),
  organisation_id uuid not null references organisation (id),
  hash text not null,
  changed_at timestamptz not null
);

-- Not confirmed: a secret that was shown, but no code of it was ever given.
create table person_totp (
  person_id uuid primary key references person (id),
  organisation_id uuid not null references organisation (id),
  secret_sealed bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0
);

create table recovery_code (
  code_hash bytea primary key check (length(code_hash) = 32),
  organisation_id uuid not null references organisation (id),
  person_id uuid not null references person (id),
  used_at timestamptz
);
create index recovery_code_person on recovery_code (person_id);

-- public_key is a COSE_Key (RFC 9052), as the authenticator gave it.
create table passkey (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  person_id uuid not null references person (id),
  name text not null check (length(name) between 1 and 100),
  rp_id text not null,
  credential_id text not null unique check (length(credential_id) <= 1366),
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id);

-- Confirmed: when the person last proved to be there. Sessions of before begin as they were.
alter table session
  add column method text not null default 'link',
  add column confirmed_at timestamptz,
  add column last_seen_at timestamptz,
  add column address text not null default '',
  add column user_agent text not null default '';
update session set confirmed_at = created_at, last_seen_at = created_at;
alter table session alter column confirmed_at set not null, alter column last_seen_at set not null;
create index session_person on session (person_id);

-- What the server has asked and waits to be answered, once: a passkey's challenge, the second factor, another provider's reply.
create table sign_in_challenge (
  secret_hash bytea primary key check (length(secret_hash) = 32),
  organisation_id uuid not null references organisation (id),
  person_id uuid references person (id),
  purpose text not null,
  detail jsonb not null,
  tries smallint not null default 0,
  expires_at timestamptz not null
);
create index sign_in_challenge_expires_at on sign_in_challenge (expires_at);

-- Failures by login, address or known browser, over all replicas. They belong to nobody yet.
create table sign_in_attempt (
  key text primary key,
  failures integer not null,
  last_failed_at timestamptz not null,
  blocked_until timestamptz
);
create index sign_in_attempt_last_failed_at on sign_in_attempt (last_failed_at);

-- Browsers in which a person has signed in before: strangers' failures do not slow them down.
create table known_browser (
  secret_hash bytea not null check (length(secret_hash) = 32),
  person_id uuid not null references person (id),
  organisation_id uuid not null references organisation (id),
  last_used_at timestamptz not null,
  primary key (secret_hash, person_id)
);
create index known_browser_last_used_at on known_browser (last_used_at);

-- How people of an organisation have to sign in; without a row nothing is demanded.
create table sign_in_rules (
  organisation_id uuid primary key references organisation (id),
  single_sign_on_only boolean not null,
  second_factor_required boolean not null
);
