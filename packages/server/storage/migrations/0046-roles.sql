-- Who may do what: roles that an organisation makes, and which person has which role where. The built-in roles are code.

create table access_role (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  description text not null default '' check (length(description) <= 1000),
  permissions text[] not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  unique (organisation_id, id)
);
create unique index access_role_name on access_role (organisation_id, lower(name));

create table access_grant (
  id uuid primary key,
  person_id uuid not null references person (id),
  organisation_id uuid not null references organisation (id),
  -- A built-in role's word, or the id of an access_role of the same organisation.
  role_id text not null check (role_id ~ '^([a-z]{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'),
  own_role_id uuid generated always as (case when length(role_id) = 36 then role_id::uuid end) stored,
  -- Only for endpoints that have all of these labels; null: for all.
  labels jsonb check (jsonb_typeof(labels) = 'object' and labels <> '{}'),
  -- Holds in the organisations below this one, too.
  include_clients boolean not null default false,
  created_at timestamptz not null,
  created_by text not null,
  foreign key (organisation_id, own_role_id) references access_role (organisation_id, id)
);
create index access_grant_person on access_grant (person_id, organisation_id);
create index access_grant_organisation on access_grant (organisation_id, role_id);

-- Whoever could use this server until now could do everything.
insert into access_grant (id, person_id, organisation_id, role_id, created_at, created_by)
  select gen_random_uuid(), id, organisation_id, 'owner', created_at, 'server' from person;

-- Whose token it is (null: made over the server's own socket), and what it may do of what that person may.
alter table api_token
  add column person_id uuid references person (id),
  add column role_id text,
  add column own_role_id uuid generated always as (case when length(role_id) = 36 then role_id::uuid end) stored,
  add column permissions text[],
  add column labels jsonb check (jsonb_typeof(labels) = 'object' and labels <> '{}'),
  add foreign key (organisation_id, own_role_id) references access_role (organisation_id, id);
update api_token set role_id = 'owner',
  person_id = (select p.id from person p where api_token.created_by = 'person:' || p.id);
-- A token that another token made has nobody to answer for it.
update api_token set revoked_at = now() where revoked_at is null and person_id is null and created_by not like 'local:%';
alter table api_token
  add constraint api_token_scope check (num_nonnulls(role_id, permissions) = 1);
create index api_token_person on api_token (person_id) where revoked_at is null;
