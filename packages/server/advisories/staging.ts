import type { Advisory, Fact } from '@thimble/advisories';
import type { ClientBase } from 'pg';
import { type AdvisoryRow, type ClaimRow, type FactRow, advisoryRows, factRow, storableJson } from './rows.ts';

/**
 * Text sent in one statement. Records are cut into statements of about this size, so that neither side holds more of a
 * feed at once, however large the batches are that it comes in.
 */
const STATEMENT_CHARACTERS = 4 * 1024 * 1024;

/** Temporary tables end with their session, so a writer that dies leaves nothing. `n` counts up: the last one wins. */
const TABLES = `
  create temporary table stage_seen (n bigint not null, record_id text not null, changed boolean not null);
  create temporary table stage_advisory (n bigint not null, record_id text not null, digest bytea not null, name text,
    aliases text[], vulnerabilities text[], severity text, withdrawn text, record text, sha256 bytea, document jsonb);
  create temporary table stage_claim (n bigint not null, digest bytea not null, namespace text, name_kind text, name text,
    body jsonb);
  create temporary table stage_fact (n bigint not null, kind text not null, subject text not null, body jsonb not null,
    record text, sha256 bytea not null);
  create temporary table stage_removed (n bigint not null, record_id text not null)`;

export interface Staging {
  readonly advisories: (records: readonly Advisory[]) => Promise<void>;
  readonly facts: (records: readonly Fact[]) => Promise<void>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
}

/** Where one synchronisation's records wait for their commit. The session's own, outside of any transaction. */
export async function createStaging(client: ClientBase, feed: string): Promise<Staging> {
  await client.query(TABLES);
  let n = 0;
  const send = async <Row>(rows: Iterable<Row>, statement: string, ...more: readonly unknown[]): Promise<void> => {
    for (const text of statements(rows)) await client.query(statement, [text, ...more]);
  };
  return {
    advisories: async (records) => {
      const staged = records.map((record) => ({ n: (n += 1), ...advisoryRows(record) }));
      const known = await knownDigests(client, feed, staged);
      const changed = staged.filter(({ row }) => known.get(row.record_id) !== row.digest);
      await send(
        staged.map(({ n: at, row }) => ({
          n: at,
          record_id: row.record_id,
          changed: known.get(row.record_id) !== row.digest,
        })),
        `insert into stage_seen select r.n, r.record_id, r.changed
         from jsonb_to_recordset($1::jsonb) as r (n bigint, record_id text, changed boolean)`,
      );
      await send(
        changed.map(({ n: at, row }): AdvisoryRow & { n: number } => ({ n: at, ...row })),
        `insert into stage_advisory select r.n, r.record_id, decode(r.digest, 'hex'), r.name,
           array(select jsonb_array_elements_text(r.aliases)),
           array(select jsonb_array_elements_text(r.vulnerabilities)), r.severity, r.withdrawn, r.record,
           decode(r.sha256, 'hex'), r.document
         from jsonb_to_recordset($1::jsonb) as r (n bigint, record_id text, digest text, name text, aliases jsonb, vulnerabilities jsonb,
           severity text, withdrawn text, record text, sha256 text, document jsonb)`,
      );
      await send(
        claimsOf(changed),
        `insert into stage_claim select r.n, decode(r.digest, 'hex'), r.namespace, r.name_kind, r.name, r.body
         from jsonb_to_recordset($1::jsonb) as r (n bigint, digest text, namespace text, name_kind text, name text,
           body jsonb)`,
      );
    },
    facts: async (records) => {
      await send(
        records.map((record): FactRow & { n: number } => ({ n: (n += 1), ...factRow(record) })),
        `insert into stage_fact select r.n, r.kind, r.subject, r.body, r.record, decode(r.sha256, 'hex')
         from jsonb_to_recordset($1::jsonb) as r (n bigint, kind text, subject text, body jsonb, record text, sha256 text)`,
      );
    },
    remove: async (ids) => {
      await send(
        ids.map((id) => ({ n: (n += 1), record_id: id })),
        `insert into stage_removed select r.n, r.record_id
         from jsonb_to_recordset($1::jsonb) as r (n bigint, record_id text)`,
      );
    },
  };
}

interface Staged {
  readonly n: number;
  readonly row: AdvisoryRow;
  readonly claims: readonly ClaimRow[];
}

function* claimsOf(staged: readonly Staged[]): Iterable<ClaimRow & { n: number }> {
  for (const { n, claims } of staged) for (const claim of claims) yield { n, ...claim };
}

/** Rows as JSON arrays of bounded length; a single row may be longer. */
function* statements(rows: Iterable<unknown>): Iterable<string> {
  let parts: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = storableJson(row);
    parts.push(text);
    length += text.length;
    if (length < STATEMENT_CHARACTERS) continue;
    yield `[${parts.join()}]`;
    parts = [];
    length = 0;
  }
  if (parts.length > 0) yield `[${parts.join()}]`;
}

async function knownDigests(
  client: ClientBase,
  feed: string,
  staged: readonly Staged[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ record_id: string; digest: string }>({
    name: 'known-digests',
    text: `select a.record_id, encode(v.digest, 'hex') as digest from advisory a
       join advisory_version v on v.advisory_id = a.id and v.valid_to is null
       where a.feed = $1 and a.record_id = any($2)`,
    values: [feed, staged.map(({ row }) => row.record_id)],
  });
  return new Map(rows.map(({ record_id: id, digest }) => [id, digest]));
}
