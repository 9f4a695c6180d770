-- The evidence as a Merkle log (RFC 9162): what its records hash to, what was signed about that, and who saw it.

-- One row for each record: the hash of its leaf, then that of each complete subtree which it is the last entry of.
create table evidence_leaf (
  organisation_id uuid not null references organisation (id),
  sequence bigint not null,
  hashes bytea not null check (length(hashes) > 0 and length(hashes) % 32 = 0),
  primary key (organisation_id, sequence)
);

-- Signed, and kept for ever: what anybody ever saw of the log is here again.
create table evidence_checkpoint (
  organisation_id uuid not null references organisation (id),
  size bigint not null,
  note text not null,
  signed_at timestamptz not null,
  primary key (organisation_id, size)
);

create table evidence_cosignature (
  organisation_id uuid not null,
  size bigint not null,
  witness text not null,
  -- As it stands in the note, with the time at which it was seen.
  line text not null,
  primary key (organisation_id, size, witness),
  foreign key (organisation_id, size) references evidence_checkpoint (organisation_id, size)
);

create trigger evidence_leaf_append_only before update or delete on evidence_leaf
  for each row execute function refuse_evidence_change();
create trigger evidence_leaf_no_truncate before truncate on evidence_leaf
  for each statement execute function refuse_evidence_change();
create trigger evidence_checkpoint_append_only before update or delete on evidence_checkpoint
  for each row execute function refuse_evidence_change();
create trigger evidence_checkpoint_no_truncate before truncate on evidence_checkpoint
  for each statement execute function refuse_evidence_change();

-- Names this installation in the origin of its logs, whatever address it has.
insert into server_setting (organisation_id, name, value)
values ('00000000-0000-7000-8000-000000000001', 'instance', to_jsonb(gen_random_uuid()::text));
