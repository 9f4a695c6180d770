import type { Gap, OrderKind, System, Wait } from '@thimble/protocol';
import { endpointCondition, type ResultFacts, systemWaits } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';

interface FactsRow {
  readonly system: Pick<System, 'kernel' | 'rebootRequired' | 'staleProcesses' | 'packageManager' | 'gaps'> | null;
  readonly update_count: number | null;
  readonly security_update_count: number | null;
  readonly update_gaps: Gap[] | null;
  readonly package_count: number | null;
  readonly open_finding_count: number;
  /** Packages whose findings only a boot closes. */
  readonly wait_for_boot: readonly string[] | null;
  readonly active_kind: OrderKind | null;
  readonly last_result: ResultFacts | null;
  readonly last_closed_reason: string | null;
}

/**
 * Writes down the condition of an endpoint, computed from all facts about it. Called in the transaction that changes one
 * of these facts, so the written condition never drifts from them.
 */
export async function refreshEndpoint(
  within: Kysely<Tables>,
  _context: Pick<ServerContext, 'clock'>,
  endpointId: string,
): Promise<void> {
  const row = await readFacts(within, endpointId);
  if (row === undefined) return;
  const { system } = row;
  const waits = withBoot(system === null ? [] : systemWaits(system), row.wait_for_boot ?? []);
  // Two documents may tell of the same.
  const told = [...(system?.gaps ?? []), ...(row.update_gaps ?? [])];
  const gaps = [...new Map(told.map((gap) => [`${gap.what}\0${gap.why}`, gap])).values()];
  const condition = endpointCondition({
    scanned: system !== null && row.update_count !== null && row.package_count !== null,
    gaps,
    updateCount: row.update_count ?? 0,
    securityUpdateCount: row.security_update_count ?? 0,
    openFindingCount: row.open_finding_count,
    waits,
    broken: system !== null && (system.packageManager.interrupted || system.packageManager.brokenPackages.length > 0),
    brokenPackages: system?.packageManager.brokenPackages ?? [],
    activeOrder: row.active_kind,
    failure: failureOf(row),
  });
  await sql`
    update endpoint set condition = ${condition.state}, explanation = ${condition.explanation},
      waits = ${JSON.stringify(waits)}::jsonb, gaps = ${JSON.stringify(gaps.slice(0, 200))}::jsonb,
      reboot_required = ${waits.some(({ kind }) => kind === 'reboot')},
      package_count = ${row.package_count ?? 0}, update_count = ${row.update_count ?? 0},
      security_update_count = ${row.security_update_count ?? 0}, open_finding_count = ${row.open_finding_count}
    where id = ${endpointId}`.execute(within);
}

/** Firmware and microcode wait for a boot without the system saying so. */
function withBoot(waits: readonly Wait[], packages: readonly string[]): readonly Wait[] {
  if (packages.length === 0 || waits.some(({ kind }) => kind === 'reboot')) return waits;
  const more = packages.length > 10 ? ` and ${packages.length - 10} more` : '';
  const reason = `what was installed of ${packages.slice(0, 10).join(', ')}${more} is in use only after a boot`;
  return [{ kind: 'reboot', reason }, ...waits];
}

function failureOf({ last_result: result, last_closed_reason: closed }: FactsRow): string | null {
  if (result?.kind === 'failed') return result.message || result.code;
  if (result?.kind === 'applied' && result.verification.wrongVersionCount > 0)
    return `${result.verification.wrongVersionCount} packages do not have the approved version`;
  if (result === null && closed === 'silent') return 'its outcome is unknown';
  return null;
}

async function readFacts(within: Kysely<Tables>, endpointId: string): Promise<FactsRow | undefined> {
  const { rows } = await sql<FactsRow>`
    select
      case when s.document is null then null else jsonb_build_object('kernel', s.document->'kernel',
        'rebootRequired', s.document->'rebootRequired', 'staleProcesses', s.document->'staleProcesses',
        'packageManager', s.document->'packageManager', 'gaps', s.document->'gaps') end as system,
      l.update_count, l.security_update_count, l.gaps as update_gaps,
      cardinality(m.package_ids) as package_count,
      (select count(*) from finding f where f.endpoint_id = e.id and f.closed_at is null) as open_finding_count,
      (select array_agg(distinct f.package order by f.package) from finding f
        where f.endpoint_id = e.id and f.closed_at is null and f.state = 'installed-not-effective'
          and f.explanation like 'waits for reboot: %') as wait_for_boot,
      (select o.kind from endpoint_order o where o.endpoint_id = e.id and o.outcome_at is null and o.closed_at is null
        and o.kind in ('apply', 'rollback', 'restart-services', 'reboot') order by o.generation desc limit 1) as active_kind,
      last.result as last_result, last.closed_reason as last_closed_reason
    from endpoint e
    left join endpoint_system s on s.endpoint_id = e.id and s.valid_to is null
    left join endpoint_updates u on u.endpoint_id = e.id and u.valid_to is null
    left join update_list l on l.organisation_id = u.organisation_id and l.sha256 = u.sha256
    left join endpoint_manifest em on em.endpoint_id = e.id and em.valid_to is null
    left join manifest m on m.organisation_id = em.organisation_id and m.sha256 = em.sha256
    left join lateral (
      select o.result, o.closed_reason from endpoint_order o
      where o.endpoint_id = e.id and o.kind in ('apply', 'rollback', 'restart-services', 'reboot')
        and o.delivered_at is not null and (o.outcome_at is not null or o.closed_at is not null)
      order by o.generation desc limit 1) last on true
    where e.id = ${endpointId}`.execute(within);
  return rows[0];
}
