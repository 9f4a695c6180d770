-- Records may lose their content when they are old. What they hash to stays, and a later record says which they are.

alter table evidence add column expired_at timestamptz;
create index evidence_expired on evidence (organisation_id, sequence) where kind = 'evidence-expired';

create function keep_evidence() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.expired_at is null and new.expired_at is not null and old.kind <> 'evidence-expired'
    and (new.organisation_id, new.sequence, new.at, new.kind, new.previous_sha256, new.sha256)
      = (old.organisation_id, old.sequence, old.at, old.kind, old.previous_sha256, old.sha256)
    and new.actor = '' and new.summary = '' and new.detail = '{}' and new.run_id is null and new.endpoint_id is null
  then return new;
  end if;
  raise exception 'evidence is append-only' using errcode = 'integrity_constraint_violation';
end $$;

drop trigger evidence_append_only on evidence;
create trigger evidence_append_only before update or delete on evidence
  for each row execute function keep_evidence();
