-- Who answers for a proposal: a person's id, also when a token did it, or 'local' for the server's own socket. A subject is
-- 'run:ID', 'rollout:ID' or 'policy:ID:VERSION'. What was proposed before this has no row, and anybody may approve it.
create table proposal (
  subject text not null check (length(subject) <= 200),
  organisation_id uuid not null references organisation (id),
  answerable text not null,
  at timestamptz not null,
  primary key (subject, answerable)
);

-- One person counts once, under whatever name and with however many tokens. Null: from before this.
alter table rollout_approval add column answerable text;
create unique index rollout_approval_answerable on rollout_approval (rollout_id, ring, answerable);
