-- What held at a past moment is open or ended since: an index of either half alone can't answer that.
create index verdict_software on verdict (software_id);
drop index verdict_ended;
create index software_gap_software on software_gap (software_id);
drop index software_gap_ended;
create index endpoint_manifest_lists on endpoint_manifest (manifest_id, valid_from);
drop index endpoint_manifest_ended;
