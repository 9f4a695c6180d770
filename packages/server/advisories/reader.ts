import type { ClaimKey, ClaimRecord, FactBody, FactKind } from '@thimble/advisories';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import { type ClaimBody, claimOf, factBody } from './rows.ts';

interface Row {
  readonly namespace: string;
  readonly name_kind: ClaimKey['nameKind'];
  readonly about: string;
  readonly body: ClaimBody;
  readonly feed: string;
  readonly record_id: string;
  readonly name: string;
  readonly aliases: string[];
  readonly vulnerabilities: string[];
  readonly severity: string | null;
  readonly withdrawn: string | null;
  readonly record: string | null;
  readonly sha256: string;
}

/**
 * All claims under these keys, in a fixed order.
 *
 * @param at as they were known then; null: as they are now.
 */
export async function claimsOfKeys(
  within: Kysely<Tables>,
  keys: readonly ClaimKey[],
  at: Date | null = null,
): Promise<readonly ClaimRecord[]> {
  if (keys.length === 0) return [];
  const column = (of: (key: ClaimKey) => string) => sql`${keys.map(of)}::text[]`;
  const { rows } = await sql<Row>`
    select c.namespace, c.name_kind, c.name as about, c.body, a.feed, a.record_id, v.name, v.aliases, v.vulnerabilities, v.severity,
      v.withdrawn, v.record, encode(v.sha256, 'hex') as sha256
    from (select distinct * from unnest(${column((key) => key.namespace)}, ${column((key) => key.name)},
      ${column((key) => key.nameKind)}) as key (namespace, name, name_kind)) as k
    join claim c on c.namespace = k.namespace and c.name = k.name and c.name_kind = k.name_kind and ${holds('c', at)}
    join advisory_version v on v.advisory_id = c.advisory_id and ${holds('v', at)}
    join advisory a on a.id = c.advisory_id
    order by a.feed, a.record_id, c.digest`.execute(within);
  return rows.map((row) => ({
    claim: claimOf({ namespace: row.namespace, nameKind: row.name_kind, name: row.about }, row.body),
    advisory: {
      id: row.record_id,
      name: row.name,
      aliases: row.aliases,
      vulnerabilities: row.vulnerabilities,
      severity: row.severity,
      withdrawn: row.withdrawn,
      provenance: { feed: row.feed, record: row.record ?? row.record_id, sha256: row.sha256 },
    },
  }));
}

/** Of the namespaces those that any advisory speaks of now. A release that none names was not looked at. */
export async function namedNamespaces(
  within: Kysely<Tables>,
  namespaces: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ namespace: string }>`
    select n.namespace from unnest(${namespaces}::text[]) as n (namespace)
    where exists (select 1 from claim c where c.namespace = n.namespace and c.valid_to is null)`.execute(within);
  return new Set(rows.map(({ namespace }) => namespace));
}

/** What is known besides, in a fixed order. */
export async function factsOfSubjects(
  within: Kysely<Tables>,
  kind: FactKind,
  subjects: readonly string[],
  at: Date | null = null,
): Promise<readonly FactBody[]> {
  if (subjects.length === 0) return [];
  const { rows } = await sql<{ subject: string; body: Readonly<Record<string, unknown>> }>`
    select subject, body from fact f
    where kind = ${kind} and subject = any(${subjects}::text[]) and ${holds('f', at)}
    order by subject, feed`.execute(within);
  return rows.map(({ subject, body }) => factBody(kind, subject, body));
}

/** Whether the row of this alias is, or was, valid. */
export function holds(alias: string, at: Date | null): RawBuilder<boolean> {
  const from = sql.ref(`${alias}.valid_from`);
  const to = sql.ref(`${alias}.valid_to`);
  if (at === null) return sql<boolean>`${to} is null`;
  return sql<boolean>`(${from} <= ${at}::timestamptz and (${to} is null or ${to} > ${at}::timestamptz))`;
}
