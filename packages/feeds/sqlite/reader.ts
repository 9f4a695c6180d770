import type { DatabaseSync } from 'node:sqlite';
import type { Advisory, ClaimKey, ClaimRecord, Fact, FactBody, FactKind } from '@thimble/advisories';
import type { FeedRecord, ReadOptions } from '../store.ts';
import { advisoryHead, advisoryRest, claimOf, factBody } from './records.ts';

type Row = Record<string, unknown>;

export function readClaims(
  connection: DatabaseSync,
  keys: readonly ClaimKey[],
  options: ReadOptions = {},
): readonly ClaimRecord[] {
  const select = connection.prepare(
    `SELECT c.body, a.id, a.record, a.head, a.from_sync, a.until_sync, a.feed, f.name AS feed_name
     FROM package p JOIN claim c ON c.package = p.id JOIN advisory a ON a.id = c.advisory JOIN feed f ON f.id = a.feed
     WHERE p.name = ? AND p.namespace = ? AND p.name_kind = ?
     ORDER BY c.advisory, c.ordinal`,
  );
  const valid = validity(connection, options);
  const heads = new Map<unknown, ClaimRecord['advisory']>();
  const found: ClaimRecord[] = [];
  for (const key of distinct(keys))
    for (const row of select.iterate(key.name, key.namespace, key.nameKind)) {
      if (!valid(row)) continue;
      let advisory = heads.get(row['id']);
      if (advisory === undefined) {
        advisory = advisoryHead(String(row['feed_name']), String(row['record']), row['head']);
        heads.set(row['id'], advisory);
      }
      found.push({ claim: claimOf(key, row['body']), advisory });
    }
  return found;
}

/** Which of the namespaces any claim that is valid now speaks of. */
export function readNamed(connection: DatabaseSync, namespaces: readonly string[]): ReadonlySet<string> {
  const select = connection.prepare(
    `SELECT 1 FROM package p WHERE p.namespace = ? AND EXISTS (
       SELECT 1 FROM claim c JOIN advisory a ON a.id = c.advisory WHERE c.package = p.id AND a.until_sync IS NULL
     ) LIMIT 1`,
  );
  return new Set(namespaces.filter((namespace) => select.get(namespace) !== undefined));
}

export function readFacts(
  connection: DatabaseSync,
  kind: FactKind,
  subjects: readonly string[],
  options: ReadOptions = {},
): readonly FactBody[] {
  const select = connection.prepare(
    'SELECT body, feed, from_sync, until_sync FROM fact WHERE subject = ? AND kind = ? ORDER BY feed',
  );
  const valid = validity(connection, options);
  const found: FactBody[] = [];
  for (const subject of new Set(subjects))
    for (const row of select.iterate(subject, kind)) if (valid(row)) found.push(factBody(kind, subject, row['body']));
  return found;
}

/** One advisory whole; null: the feed has none of that id. */
export function readAdvisory(
  connection: DatabaseSync,
  feed: string,
  id: string,
  options: ReadOptions = {},
): Advisory | null {
  const valid = validity(connection, options);
  const rows = connection.prepare(`${ADVISORIES} WHERE f.name = ? AND a.record = ? ORDER BY a.id DESC`).all(feed, id);
  const row = rows.find(valid);
  return row === undefined ? null : wholeAdvisory(row, claimsOf(connection));
}

/** Everything of a feed that is valid now, advisories first, row by row. */
export function* readRecords(connection: DatabaseSync, feed: string): Generator<FeedRecord> {
  const claims = claimsOf(connection);
  for (const row of connection.prepare(`${ADVISORIES} WHERE f.name = ? AND a.until_sync IS NULL`).iterate(feed))
    yield { kind: 'advisory', advisory: wholeAdvisory(row, claims) };
  const facts = connection.prepare(
    `SELECT x.kind, x.subject, x.body, x.record, x.sha256 FROM fact x JOIN feed f ON f.id = x.feed
     WHERE f.name = ? AND x.until_sync IS NULL`,
  );
  for (const row of facts.iterate(feed)) yield { kind: 'fact', fact: wholeFact(feed, row) };
}

const ADVISORIES = `SELECT a.id, a.record, a.head, a.rest, a.feed, a.from_sync, a.until_sync, f.name AS feed_name
  FROM advisory a JOIN feed f ON f.id = a.feed`;

function claimsOf(connection: DatabaseSync): (row: unknown) => Advisory['claims'] {
  const select = connection.prepare(
    `SELECT c.body, p.namespace, p.name_kind, p.name FROM claim c JOIN package p ON p.id = c.package
     WHERE c.advisory = ? ORDER BY c.ordinal`,
  );
  return (row) => select.all(Number(row)).map((claim) => claimOf(keyOf(claim), claim['body']));
}

function keyOf(row: Row): ClaimKey {
  const kind = row['name_kind'];
  return {
    namespace: String(row['namespace']),
    nameKind: kind === 'source' || kind === 'binary' ? kind : 'product',
    name: String(row['name']),
  };
}

function wholeAdvisory(row: Row, claims: (row: unknown) => Advisory['claims']): Advisory {
  const head = advisoryHead(String(row['feed_name']), String(row['record']), row['head']);
  return { ...head, ...advisoryRest(row['rest']), claims: claims(row['id']) };
}

function wholeFact(feed: string, row: Row): Fact {
  const kind = KINDS.get(String(row['kind'])) ?? 'description';
  const subject = String(row['subject']);
  const sha256 = row['sha256'] instanceof Uint8Array ? Buffer.from(row['sha256']).toString('hex') : '';
  const record = typeof row['record'] === 'string' ? row['record'] : subject;
  return { body: factBody(kind, subject, row['body']), provenance: { feed, record, sha256 } };
}

const KINDS: ReadonlyMap<string, FactKind> = new Map(
  (['kev', 'epss', 'ssvc', 'exploit', 'description', 'support', 'supersedence'] as const).map((kind) => [kind, kind]),
);

/**
 * Whether a row is valid: now, or after the last synchronisation of its feed until a time. By feed, since a bundle's
 * synchronisations are dated by who made it.
 */
function validity(connection: DatabaseSync, { asOf }: ReadOptions): (row: Row) => boolean {
  if (asOf === undefined) return (row) => row['until_sync'] === null;
  const last = new Map<unknown, number>();
  for (const row of connection
    .prepare('SELECT feed, max(id) AS sync FROM sync WHERE at <= ? GROUP BY feed')
    .all(asOf.getTime()))
    last.set(row['feed'], Number(row['sync']));
  return (row) => {
    const sync = last.get(row['feed']) ?? 0;
    return Number(row['from_sync']) <= sync && (row['until_sync'] === null || Number(row['until_sync']) > sync);
  };
}

function distinct(keys: readonly ClaimKey[]): Iterable<ClaimKey> {
  return new Map(keys.map((key) => [`${key.namespace}\0${key.nameKind}\0${key.name}`, key])).values();
}
