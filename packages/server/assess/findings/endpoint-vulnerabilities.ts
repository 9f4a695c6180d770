import { applyOverride } from '@thimble/advisories';
import type { EndpointVulnerability, EndpointVulnerabilityList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { holds } from '../../advisories/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { readAsset } from '../asset/asset.ts';
import { endpointGaps } from '../gaps/endpoint-gaps.ts';
import { type OverrideRow, overrideOf, readOverrides } from '../overrides/overrides.ts';
import { type Asset, type StoredPriority, priorityFor } from '../priorities/index.ts';
import { waitingVerdicts } from '../summaries/index.ts';
import { type Classified, type Occurrence, type Surroundings, classify } from './classify.ts';
import { OCCURRENCE_COLUMNS, type OccurrenceRow, occurrenceOf } from './occurrence-row.ts';
import { type Span, spanKey, spansOf } from './since.ts';
import { surroundingsOf } from './surroundings.ts';

interface VulnerabilityRow {
  readonly id: string;
  readonly title: string;
  readonly cvss: number | null;
  readonly epss: number | null;
  readonly kev: unknown;
  readonly priority: StoredPriority;
}

/**
 * What one endpoint has, as it was at a moment: verdicts on its software, seen with its kernels, its processes, what is
 * scheduled there and what was accepted.
 *
 * @param at null: now.
 */
export async function endpointVulnerabilities(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  endpointId: string,
  at: Date | null,
): Promise<EndpointVulnerabilityList> {
  const { kysely } = context.database;
  const now = context.clock();
  const found = await occurrencesOn(kysely, endpointId, at);
  const around = (await surroundingsOf(kysely, organisationId, [endpointId], null, at, now)).get(endpointId);
  const ids = [...new Set(found.map(({ occurrence }) => occurrence.vulnerability))];
  const known = await readVulnerabilities(kysely, ids);
  const overrides = await readOverrides(kysely, organisationId, ids, at ?? now);
  const { criticality, exposure } = await readAsset(kysely, organisationId, endpointId);
  const spans = await spansOf(kysely, [endpointId], sql`true`, at ?? now);
  const inNextKernel = new Set(
    found.flatMap(({ occurrence: { kernelRelease, vulnerability } }) =>
      kernelRelease !== null && kernelRelease === around?.kernels.installed ? [vulnerability] : [],
    ),
  );
  const items = found.map(({ occurrence, waiting }) =>
    itemOf(occurrence, waiting ?? classified(occurrence, around, inNextKernel), {
      known: known.get(occurrence.vulnerability),
      override: overrides.get(occurrence.vulnerability),
      asset: { assetCriticality: criticality, assetExposure: exposure },
      span: waiting ?? spans.get(spanKey(endpointId, occurrence.vulnerability, occurrence.name)),
      now,
    }),
  );
  items.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1) || (a.package < b.package ? -1 : 1));
  return {
    items,
    total: items.length,
    gaps: [...(await endpointGaps(context, organisationId, endpointId, at))],
    asOf: (at ?? now).toISOString(),
  };
}

function classified(
  occurrence: Occurrence,
  around: Omit<Surroundings, 'inNextKernel'> | undefined,
  inNextKernel: ReadonlySet<string>,
): Classified {
  if (around === undefined) throw new Error('an endpoint that has a list has surroundings');
  return classify(occurrence, { ...around, inNextKernel });
}

interface Besides {
  readonly known: VulnerabilityRow | undefined;
  readonly override: OverrideRow | undefined;
  readonly asset: Asset;
  readonly span: Span | undefined;
  readonly now: Date;
}

function itemOf(
  occurrence: Occurrence,
  { state, explanation, runtime }: Classified,
  { known, override, asset, span, now }: Besides,
): EndpointVulnerability {
  const exposure = runtime === 'left-over-kernel' ? 'dormant' : runtime;
  const computed = known === undefined ? null : priorityFor(known.priority, exposure, asset);
  const priority =
    computed === null ? null : applyOverride(computed, override === undefined ? null : overrideOf(override));
  return {
    id: occurrence.vulnerability,
    title: known?.title ?? '',
    package: occurrence.name,
    source: occurrence.source,
    installed: occurrence.version,
    fixedVersion: occurrence.fixVersion,
    fixState: occurrence.fixState,
    vendorStatus: occurrence.vendorStatus,
    state,
    explanation,
    severity: priority?.severity ?? 'unknown',
    cvss: known?.cvss ?? null,
    epss: known?.epss ?? null,
    kev: known !== undefined && known.kev !== null,
    score: priority?.score ?? 0,
    decision: priority?.decision ?? 'track',
    runtime,
    since: (span?.since ?? now).toISOString(),
    until: span?.until?.toISOString() ?? null,
  };
}

interface Found {
  readonly occurrence: Occurrence;
  /** Set where the fix is installed and its code does not run yet. */
  readonly waiting: (Classified & Span) | null;
}

async function occurrencesOn(within: Kysely<Tables>, endpointId: string, at: Date | null): Promise<readonly Found[]> {
  const present = await sql<OccurrenceRow>`
    select ${OCCURRENCE_COLUMNS}
    from endpoint_manifest em join manifest m on m.id = em.manifest_id
    cross join lateral unnest(m.software_ids) as each (id)
    join software s on s.id = each.id join verdict v on v.software_id = s.id and ${holds('v', at)}
    where em.endpoint_id = ${endpointId} and ${holds('em', at)}`.execute(within);
  const waiting = await waitingOn(within, sql`f.endpoint_id = ${endpointId}`, at);
  return [
    ...present.rows.map((row) => ({ occurrence: occurrenceOf(row), waiting: null })),
    ...waiting.map(({ occurrence, ...rest }) => ({ occurrence, waiting: rest })),
  ];
}

/** @param which a condition on the finding `f` and the verdict `v`. */
export async function waitingOn(
  within: Kysely<Tables>,
  which: ReturnType<typeof sql>,
  at: Date | null,
): Promise<
  readonly (Classified &
    Span & { readonly occurrence: Occurrence; readonly endpointId: string; readonly hostname: string })[]
> {
  const since =
    at === null
      ? sql`f.state = 'installed-not-effective'`
      : sql`f.installed_at <= ${at}::timestamptz and
    (f.closed_at is null or f.closed_at > ${at}::timestamptz)`;
  const { rows } = await sql<
    OccurrenceRow & {
      endpoint_id: string;
      hostname: string;
      explanation: string;
      opened_at: Date;
      closed_at: Date | null;
    }
  >`
    select f.endpoint_id, e.hostname, f.explanation, f.opened_at, f.closed_at, v.vulnerability, v.outcome,
      f.package as name, f.installed as version, f.architecture, f.source as source_name, v.namespace, v.purl, v.origin,
      null as kernel_release, v.fix_state, v.fix_version, v.vendor_status
    from finding f ${waitingVerdicts(at)} join endpoint e on e.id = f.endpoint_id
    where ${which} and ${since}`.execute(within);
  return rows.map((row) => ({
    endpointId: row.endpoint_id,
    hostname: row.hostname,
    occurrence: occurrenceOf(row),
    state: 'installed-not-effective' as const,
    explanation: row.explanation,
    runtime: 'running' as const,
    since: row.opened_at,
    until: row.closed_at,
  }));
}

async function readVulnerabilities(
  within: Kysely<Tables>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, VulnerabilityRow>> {
  const { rows } = await sql<VulnerabilityRow>`
    select id, title, cvss, epss, kev, priority from vulnerability where id = any(${ids}::text[])`.execute(within);
  return new Map(rows.map((row) => [row.id, row]));
}
