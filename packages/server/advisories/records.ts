import type { Advisory, ClaimKey, FactKind } from '@thimble/advisories';
import type { FeedRecord } from '@thimble/feeds';
import { type Kysely, sql } from 'kysely';
import type { Database, Tables } from '../storage/index.ts';
import { type AdvisoryDocument, type ClaimBody, claimOf, factBody } from './rows.ts';

/** Records read at a time: those of a kernel have thousands of claims each. */
const PAGE = 200;
const FACT_PAGE = 10_000;

interface Row extends Omit<Advisory, 'claims' | 'provenance' | keyof AdvisoryDocument> {
  readonly row_id: number;
  readonly document: AdvisoryDocument;
  readonly record: string | null;
  readonly sha256: string;
  readonly claims:
    | readonly {
        readonly kind: ClaimKey['nameKind'];
        readonly in: string;
        readonly name: string;
        readonly body: ClaimBody;
      }[]
    | null;
}

/** Everything of a feed that is valid now, as it was written, page by page. */
export async function* recordsOfFeed({ kysely }: Pick<Database, 'kysely'>, feed: string): AsyncIterable<FeedRecord> {
  for (let after = 0, rows = await advisories(kysely, feed, after); rows.length > 0;) {
    for (const { row_id: _id, document, record, sha256, claims, ...head } of rows)
      yield {
        kind: 'advisory',
        advisory: {
          ...head,
          ...document,
          claims: (claims ?? []).map(({ in: namespace, kind, name, body }) =>
            claimOf({ namespace, nameKind: kind, name }, body),
          ),
          provenance: { feed, record: record ?? head.id, sha256 },
        },
      };
    after = rows.at(-1)?.row_id ?? after;
    rows = await advisories(kysely, feed, after);
  }
  yield* facts(kysely, feed);
}

async function advisories(within: Kysely<Tables>, feed: string, after: number): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select a.id as row_id, a.record_id as id, v.name, v.aliases, v.vulnerabilities, v.severity, v.withdrawn, v.document,
      v.record, encode(v.sha256, 'hex') as sha256,
      (select jsonb_agg(jsonb_build_object('kind', c.name_kind, 'in', c.namespace, 'name', c.name, 'body', c.body)
         order by c.id) from claim c where c.advisory_id = a.id and c.valid_to is null) as claims
    from advisory a join advisory_version v on v.advisory_id = a.id and v.valid_to is null
    where a.feed = ${feed} and a.id > ${after} order by a.id limit ${PAGE}`.execute(within);
  return rows;
}

async function* facts(within: Kysely<Tables>, feed: string): AsyncIterable<FeedRecord> {
  let after = { kind: '', subject: '' };
  for (;;) {
    const { rows } = await sql<{
      kind: FactKind;
      subject: string;
      body: Readonly<Record<string, unknown>>;
      record: string | null;
      sha256: string;
    }>`
      select kind, subject, body, record, encode(sha256, 'hex') as sha256 from fact
      where feed = ${feed} and valid_to is null and (kind, subject) > (${after.kind}, ${after.subject})
      order by kind, subject limit ${FACT_PAGE}`.execute(within);
    for (const { kind, subject, body, record, sha256 } of rows)
      yield {
        kind: 'fact',
        fact: { body: factBody(kind, subject, body), provenance: { feed, record: record ?? subject, sha256 } },
      };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
  }
}
