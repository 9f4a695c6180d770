-- Approvers: who they are, what they were asked, what they signed, and what endpoints know of it.

-- Sets follow one another: version 1 is pinned by endpoints, later ones are signed by a threshold of the one before.
create table approver_set (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  version integer not null,
  state text not null check (state in ('proposed', 'active', 'replaced', 'withdrawn')),
  -- Canonical JSON, byte for byte as it is signed.
  payload text not null,
  proposed_at timestamptz not null,
  proposed_by text not null,
  activated_at timestamptz
);
create unique index approver_set_version on approver_set (organisation_id, version) where state in ('active', 'replaced');
create unique index approver_set_active on approver_set (organisation_id) where state = 'active';
create unique index approver_set_proposed on approver_set (organisation_id) where state = 'proposed';

create table approval_request (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  run_id uuid not null references run (id),
  state text not null check (state in ('open', 'granted', 'withdrawn')),
  title text not null,
  payload text not null,
  actions text[] not null,
  transaction_count integer not null,
  endpoint_count integer not null,
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null
);
create index approval_request_organisation on approval_request (organisation_id, created_at desc);
create index approval_request_run on approval_request (run_id);

-- Which targets a request is about. An empty digest: the endpoint itself, for actions that have no transaction.
create table approval_scope (
  approval_id uuid not null references approval_request (id),
  organisation_id uuid not null,
  endpoint_id uuid not null references endpoint (id),
  -- Of the target's plan; of a way back, the digest of what is undone (the statement has the inverse's own).
  transaction_digest text not null,
  primary key (endpoint_id, approval_id, transaction_digest)
);
create index approval_scope_approval on approval_scope (approval_id);

-- What people look at before they sign, as it was when they were asked.
create table approval_transaction (
  approval_id uuid not null references approval_request (id),
  organisation_id uuid not null,
  transaction_digest text not null,
  transaction jsonb not null,
  primary key (approval_id, transaction_digest)
);

-- What approvers signed: sets, requests and halts. A person counts once, whatever number of keys they have.
create table approver_signature (
  subject_id uuid not null,
  organisation_id uuid not null references organisation (id),
  approver_id uuid not null,
  approver_name text not null,
  keyid text not null,
  signature jsonb not null,
  signed_at timestamptz not null,
  primary key (subject_id, approver_id)
);

create table emergency_halt (
  id uuid primary key,
  organisation_id uuid not null references organisation (id),
  sequence bigint not null,
  action text not null check (action in ('stop', 'go-on')),
  reason text not null,
  -- open: an end that not enough approvers have signed yet.
  state text not null check (state in ('open', 'in-force', 'replaced')),
  payload text not null,
  -- Signed by the order key: every stop, and an end where no approvers are asked for. Null: approvers' signatures count.
  envelope jsonb,
  created_at timestamptz not null,
  created_by text not null
);
create unique index emergency_halt_in_force on emergency_halt (organisation_id) where state = 'in-force';
create unique index emergency_halt_open on emergency_halt (organisation_id) where state = 'open';

-- What endpoints say they have of all this, and what they refused.
create table endpoint_trust (
  endpoint_id uuid primary key references endpoint (id),
  organisation_id uuid not null references organisation (id),
  held jsonb not null,
  reported_at timestamptz not null
);

alter table endpoint_order add column approval_id uuid references approval_request (id);

-- What of a target needs signatures and nobody was asked for yet: the action, its transaction (null: it has none), since when.
alter table run_target add column unasked_action text, add column unasked_digest text, add column unasked_since timestamptz;
create index run_target_unasked on run_target (run_id) where unasked_since is not null;
