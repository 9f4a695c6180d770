import { canonicalJson, type Update, Updates } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { HttpProblem } from '../../http/index.ts';
import { textParser } from '../agent-body.ts';
import { knownMembers } from '../known-members.ts';
import type { Store } from './adopt.ts';
import { VersionIds } from './version-ids.ts';

const parse = textParser(Updates);
const onlyKnown = knownMembers(Updates);

interface Columns {
  readonly name: string;
  readonly architecture: string;
  readonly installed: string;
  readonly candidate: string;
  readonly source: string;
  readonly source_version: string;
  readonly security: boolean;
  readonly origin: Update['origin'];
  readonly download_bytes: number;
  readonly held: boolean;
  readonly phased: Update['phased'];
  readonly first_seen_at: string;
}

const INSERT = `insert into update_version (organisation_id, key, name, architecture, installed, candidate, source,
    source_version, security, origin, download_bytes, held, phased, first_seen_at)
  select $1, k.key, c.name, c.architecture, c.installed, c.candidate, c.source, c.source_version, c.security, c.origin,
    c.download_bytes, c.held, nullif(c.phased, 'null'), c.first_seen_at
  from unnest($2::bytea[]) with ordinality as k (key, n)
  join jsonb_array_elements($3::jsonb) with ordinality as e (value, n) using (n)
  cross join lateral jsonb_to_record(e.value) as c (name text, architecture text, installed text, candidate text,
    source text, source_version text, security boolean, origin jsonb, download_bytes bigint, held boolean, phased jsonb,
    first_seen_at timestamptz)
  order by k.n
  on conflict (organisation_id, key) do nothing`;

export function updateVersionIds(pool: Pool): VersionIds<Columns> {
  return new VersionIds(pool, 'update_version', INSERT);
}

/** Reads a list of pending updates; gives what stores it. @throws HttpProblem 400, 422 */
export async function readUpdates(
  ids: VersionIds<Columns>,
  organisationId: string,
  sha256: string,
  text: string,
  now: Date,
): Promise<Store> {
  const list = parse(text);
  if (canonicalJson(onlyKnown(list)) !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  const entries = new Map(
    list.updates.map((update) => {
      const entry = canonicalJson(update);
      return [entry, { text: entry, order: '', columns: columnsOf(update, now) }];
    }),
  );
  const found = await ids.idsOf(organisationId, [...entries.keys()], (entry) => {
    const read = entries.get(entry);
    if (read === undefined) throw new Error('every entry was read');
    return read;
  });
  const updateIds = found.map(({ id }) => id).sort((a, b) => a - b);
  const securityCount = list.updates.filter(({ security }) => security).length;
  return async (within) => {
    await sql`
      insert into update_list (organisation_id, sha256, update_ids, update_count, security_update_count, indexes, gaps,
        first_seen_at)
      values (${organisationId}, ${sha256}, ${updateIds}::int[], ${list.updates.length}, ${securityCount},
        ${JSON.stringify(list.indexes)}::jsonb, ${JSON.stringify(list.gaps)}::jsonb, ${now})
      on conflict do nothing`.execute(within);
  };
}

function columnsOf(update: Update, now: Date): Columns {
  const { sourceVersion, downloadBytes, ...same } = update;
  return {
    ...same,
    source_version: sourceVersion,
    download_bytes: downloadBytes,
    first_seen_at: now.toISOString(),
  };
}
