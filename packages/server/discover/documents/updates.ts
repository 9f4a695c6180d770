import { canonicalJson, type Update, Updates } from '@thimble/protocol';
import type { Pool } from 'pg';
import { Value } from 'typebox/value';
import { HttpProblem } from '../../http/index.ts';
import { textParser } from '../agent-body.ts';
import { VersionIds } from './version-ids.ts';

const parse = textParser(Updates);

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
}

const INSERT = `insert into update_version (organisation_id, key, name, architecture, installed, candidate, source,
    source_version, security, origin, download_bytes, held, phased)
  select $1, k.key, c.name, c.architecture, c.installed, c.candidate, c.source, c.source_version, c.security, c.origin,
    c.download_bytes, c.held, nullif(c.phased, 'null')
  from unnest($2::bytea[]) with ordinality as k (key, n)
  join jsonb_array_elements($3::jsonb) with ordinality as e (value, n) using (n)
  cross join lateral jsonb_to_record(e.value) as c (name text, architecture text, installed text, candidate text,
    source text, source_version text, security boolean, origin jsonb, download_bytes bigint, held boolean, phased jsonb)
  order by k.n
  on conflict (organisation_id, key) do nothing`;

export function updateVersionIds(pool: Pool): VersionIds<Columns> {
  return new VersionIds(pool, 'update_version', INSERT);
}

/** Stores a list of pending updates once for all endpoints that have the same. @throws HttpProblem 400, 422 */
export async function storeUpdates(
  pool: Pool,
  ids: VersionIds<Columns>,
  organisationId: string,
  sha256: string,
  text: string,
  now: Date,
): Promise<void> {
  const list = parse(text);
  if (canonicalJson(Value.Clean(Updates, structuredClone(list))) !== text)
    throw new HttpProblem(422, 'not-canonical', { detail: 'The document is not in its canonical form.' });
  const entries = list.updates.map((update) => ({ text: canonicalJson(update), columns: columnsOf(update) }));
  const updateIds = await ids.idsOf(organisationId, entries);
  await pool.query(
    `insert into update_list (organisation_id, sha256, update_ids, update_count, security_update_count, indexes, gaps,
       first_seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      organisationId,
      sha256,
      updateIds.sort((a, b) => a - b),
      list.updates.length,
      list.updates.filter(({ security }) => security).length,
      JSON.stringify(list.indexes),
      JSON.stringify(list.gaps),
      now,
    ],
  );
}

function columnsOf(update: Update): Columns {
  const { sourceVersion, downloadBytes, ...same } = update;
  return { ...same, source_version: sourceVersion, download_bytes: downloadBytes };
}
