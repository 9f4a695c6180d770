-- What was decided, by whom, and what happened: append-only, each record's digest covers the one before it.

create table evidence (
  organisation_id uuid not null references organisation (id),
  sequence bigint not null,
  at timestamptz not null,
  kind text not null,
  actor text not null,
  run_id uuid,
  endpoint_id uuid,
  summary text not null,
  detail jsonb not null,
  previous_sha256 text not null,
  sha256 text not null,
  primary key (organisation_id, sequence)
);
create index evidence_run on evidence (organisation_id, run_id, sequence) where run_id is not null;
create index evidence_endpoint on evidence (organisation_id, endpoint_id, sequence) where endpoint_id is not null;

create function refuse_evidence_change() returns trigger language plpgsql as $$
begin
  raise exception 'evidence is append-only' using errcode = 'integrity_constraint_violation';
end $$;

create trigger evidence_append_only before update or delete on evidence
  for each row execute function refuse_evidence_change();
create trigger evidence_no_truncate before truncate on evidence
  for each statement execute function refuse_evidence_change();
