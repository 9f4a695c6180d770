-- A request that somebody narrowed is a request of its own: other bytes are signed. Who made it of the one before.
alter table approval_request add column narrowed_by text;
