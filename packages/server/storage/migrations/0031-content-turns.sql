-- What a revision was made from besides its metadata, how far mirrors are, and how moves of channels are taken back.

alter table content_repository
  -- SHA-256 of the definition and the keys with which upstream was last found good: with others, unchanged metadata is
  -- verified and read again.
  add column verified_as text,
  -- The newest revision of which all that the filter keeps is in the store.
  add column mirrored_sequence integer not null default 0,
  add column mirror_next_at timestamptz,
  add column mirroring jsonb;

alter table content_revision
  -- More base addresses that upstream itself named (mirrorlist, metalink); no configured hosts.
  add column mirrors text[] not null default '{}';

-- Files that metadata does not name by SHA-256.
create index content_package_check on content_package (check_value) where check_kind <> 'sha256';

-- Takes the move before it back.
alter table content_channel_move add column undo boolean not null default false;
