-- OpenID Connect providers by which people of an organisation may sign in.
create table identity_provider (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  name text not null check (length(name) between 1 and 100),
  issuer text not null check (length(issuer) <= 512),
  client_id text not null check (length(client_id) <= 512),
  -- Null: a public client, which proves itself by PKCE alone.
  client_secret_sealed bytea,
  scopes text not null,
  groups_claim text not null,
  -- [{ "group": …, "role": … }]: what members of the provider's groups may do.
  group_roles jsonb not null,
  -- Whether whoever has a role by a group comes in without an invitation.
  creates_people boolean not null,
  enabled boolean not null,
  created_at timestamptz not null,
  unique (organisation_id, name)
);

-- Who a subject of a provider is here.
create table person_identity (
  provider_id uuid not null references identity_provider (id) on delete cascade,
  subject text not null check (length(subject) between 1 and 255),
  organisation_id uuid not null references organisation (id),
  person_id uuid not null references person (id),
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (provider_id, subject)
);
create index person_identity_person on person_identity (person_id);
