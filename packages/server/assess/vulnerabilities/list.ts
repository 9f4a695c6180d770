import type {
  FixState,
  SsvcDecision,
  Severity,
  VulnerabilityList,
  VulnerabilityListQuery,
  VulnerabilitySummary,
} from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Reach } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { pattern } from '../fleet-updates.ts';
import { summaryRows, sumUp } from '../summaries/index.ts';

const LIMIT_DEFAULT = 200;

export interface SummaryRow {
  readonly vulnerability: string;
  readonly title: string;
  readonly severity: Severity;
  readonly cvss: number | null;
  readonly epss: number | null;
  readonly kev: VulnerabilitySummary['kev'];
  readonly exploited: boolean;
  readonly exploit_public: boolean;
  readonly score: number;
  readonly decision: SsvcDecision;
  readonly packages: string[];
  readonly fix_state: FixState;
  readonly endpoint_count: number;
  readonly accepted_count: number;
  readonly not_effective_count: number;
  readonly first_seen_at: Date;
}

export function toSummary(row: SummaryRow): VulnerabilitySummary {
  return {
    id: row.vulnerability,
    title: row.title,
    severity: row.severity,
    cvss: shown(row.cvss),
    epss: shown(row.epss),
    kev: row.kev,
    exploited: row.exploited,
    exploitPublic: row.exploit_public,
    score: shown(row.score) ?? 0,
    decision: row.decision,
    packages: row.packages,
    fixState: row.fix_state,
    endpointCount: row.endpoint_count,
    acceptedCount: row.accepted_count,
    notEffectiveCount: row.not_effective_count,
    firstSeenAt: row.first_seen_at.toISOString(),
  };
}

/** A `real` as it was before it was stored in four bytes. */
function shown(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}

/**
 * Where to read the sums from: as the reconciler last wrote them. Of some endpoints nothing is kept, so they are summed up
 * now; what is kept would tell of the others.
 */
export async function summariesWithin(
  { database: { kysely }, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
): Promise<RawBuilder<unknown>> {
  if (reach.kind === 'all') return sql`vulnerability_summary`;
  const { counts } = await sumUp(kysely, organisationId, reach, clock());
  return sql`(${summaryRows(organisationId, counts)})`;
}

/** A page of the vulnerabilities that an organisation's endpoints within reach have. */
export async function listVulnerabilities(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
  query: VulnerabilityListQuery,
): Promise<VulnerabilityList> {
  const { kysely } = context.database;
  const summaries = await summariesWithin(context, organisationId, reach);
  const limit = query.limit ?? LIMIT_DEFAULT;
  const sort = query.sort ?? 'score';
  // The most urgent first, unless somebody says otherwise; names from A on.
  const descending = query.direction === undefined ? sort !== 'id' : query.direction === 'desc';
  const key = SORT_KEYS[sort];
  const cursor = readCursor(query.cursor);
  const after =
    cursor === undefined
      ? sql`true`
      : sql`(${key}, s.vulnerability collate "C") ${descending ? sql`<` : sql`>`}
          (${typed(sort, cursor.key)}, ${cursor.id}::text collate "C")`;
  const order = descending
    ? sql`${key} desc, s.vulnerability collate "C" desc`
    : sql`${key}, s.vulnerability collate "C"`;
  const where = filter(organisationId, query);
  const { rows } = await sql<SummaryRow & { sort_key: string }>`
    select s.*, (${key})::text as sort_key from ${summaries} s
    where ${where} and ${after} order by ${order} limit ${limit + 1}`.execute(kysely);
  const counted = await sql<{ total: number }>`
    select count(*) as total from ${summaries} s where ${where}`.execute(kysely);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(toSummary),
    total: counted.rows[0]?.total ?? 0,
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.sort_key, last.vulnerability) : null,
  };
}

function filter(organisationId: string, query: VulnerabilityListQuery): RawBuilder<unknown> {
  const { search, severity, decision, kev, fixState, all } = query;
  const parts = [sql`s.organisation_id = ${organisationId}`];
  if (all !== true) parts.push(sql`s.endpoint_count + s.not_effective_count > 0 and not s.minor`);
  if (search !== undefined && search !== '') {
    const words = pattern(search);
    parts.push(sql`(s.vulnerability ilike ${words} or s.title ilike ${words}
      or exists (select 1 from unnest(s.packages) as name where name ilike ${words}))`);
  }
  if (severity !== undefined) parts.push(sql`s.severity = ${severity}`);
  if (decision !== undefined) parts.push(sql`s.decision = ${decision}`);
  if (kev !== undefined) parts.push(kev ? sql`s.kev is not null` : sql`s.kev is null`);
  if (fixState !== undefined) parts.push(sql`s.fix_state = ${fixState}`);
  return sql.join(parts, sql` and `);
}

type Sort = NonNullable<VulnerabilityListQuery['sort']>;

/** What has no score comes after everything that has one. */
const SORT_KEYS: Readonly<Record<Sort, RawBuilder<unknown>>> = {
  id: sql`s.vulnerability collate "C"`,
  score: sql`s.score::numeric`,
  cvss: sql`coalesce(s.cvss, -1)::numeric`,
  epss: sql`coalesce(s.epss, -1)::numeric`,
  endpointCount: sql`s.endpoint_count::numeric`,
  firstSeenAt: sql`extract(epoch from s.first_seen_at)::numeric`,
};

function typed(sort: Sort, key: string): RawBuilder<unknown> {
  if (sort === 'id') return sql`${key}::text collate "C"`;
  if (!/^-?\d+(\.\d+)?$/.test(key)) throw badCursor();
  return sql`${key}::numeric`;
}

function writeCursor(key: string, id: string): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url');
}

function readCursor(text: string | undefined): { readonly key: string; readonly id: string } | undefined {
  if (text === undefined) return undefined;
  try {
    const [key, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof key === 'string' && typeof id === 'string' && !/\0/.test(key + id)) return { key, id };
  } catch {
    // Falls through: whatever it is, it is not one of ours.
  }
  throw badCursor();
}

function badCursor(): HttpProblem {
  return new HttpProblem(400, 'bad-cursor', { detail: 'This cursor is not one that the server gave.' });
}
