-- Bundles for sites without Internet: states that arrive in another order than they were published in, and with what a revision was frozen.

alter table content_repository
  -- It came with a bundle. As long as it is switched off it takes its keys and its definition from bundles.
  add column bundled boolean not null default false,
  -- The newest revision is `sequence`. An older state that a bundle brought afterwards has a higher number: this one; 0: none.
  add column imported_sequence integer not null default 0;

alter table content_revision
  -- The repository's definition when it was frozen: with another one the same metadata lists other packages. Null: as it is now.
  add column definition jsonb;
