/** `Thmb`: tells an advisory database from any other SQLite file (SQLite file format, offset 68). */
export const APPLICATION_ID = 0x54686d62;

/** Counted up with each change of the tables. An older database is made anew: everything in it can be fetched again. */
export const SCHEMA_VERSION = 1;

/**
 * Records are valid from one synchronisation until another (`until_sync` null: still), so that what was known at a past
 * time can be read. A changed record is a new row; nothing is updated but scores of EPSS, which all change every day.
 */
export const SCHEMA = `
CREATE TABLE feed (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  watermark TEXT,
  synced_at INTEGER,
  changed_at INTEGER,
  advisory_count INTEGER NOT NULL DEFAULT 0,
  fact_count INTEGER NOT NULL DEFAULT 0,
  fault_count INTEGER NOT NULL DEFAULT 0,
  faults TEXT NOT NULL DEFAULT '[]',
  failure TEXT
) STRICT;

CREATE TABLE validator (
  feed INTEGER NOT NULL REFERENCES feed,
  path TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (feed, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE advisory (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed,
  record TEXT NOT NULL,
  from_sync INTEGER NOT NULL,
  until_sync INTEGER,
  digest BLOB NOT NULL,
  head TEXT NOT NULL,
  rest ANY NOT NULL
) STRICT;
CREATE INDEX advisory_by_record ON advisory (feed, record);

CREATE TABLE package (
  id INTEGER PRIMARY KEY,
  namespace TEXT NOT NULL,
  name_kind TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (name, namespace, name_kind)
) STRICT;

CREATE TABLE claim (
  advisory INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  package INTEGER NOT NULL,
  body ANY NOT NULL,
  PRIMARY KEY (advisory, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_package ON claim (package);

CREATE TABLE fact (
  id INTEGER PRIMARY KEY,
  feed INTEGER NOT NULL REFERENCES feed,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  from_sync INTEGER NOT NULL,
  until_sync INTEGER,
  body ANY NOT NULL,
  record TEXT,
  sha256 BLOB NOT NULL
) STRICT;
CREATE INDEX fact_by_subject ON fact (subject, kind);
`;
