import { nextPatches } from '@thimble/advisories';
import type { EndpointVulnerability, NextPatches } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Reach, reachCondition } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { needsBoot } from '../effectiveness.ts';
import { readLists } from '../findings/affected-endpoints.ts';
import { endpointVulnerabilities } from '../findings/endpoint-vulnerabilities.ts';
import { refreshSummaries, sumUp } from '../summaries/index.ts';
import type { StoredPatches } from './best-patches.ts';

const ENDPOINTS_NAMED = 50;
const VULNERABILITIES_NAMED = 10;

/** What to update next across the fleet, as of the last assessment; for whom some endpoints are within reach, as of now. */
export async function fleetPatches(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  reach: Reach,
  limit: number,
): Promise<NextPatches> {
  const { kysely } = database;
  const { items, totalRisk, remaining } =
    reach.kind === 'all'
      ? await storedPatches({ database, clock }, organisationId)
      : (await sumUp(kysely, organisationId, reach, clock())).patches;
  const shown: NextPatches['items'] = [];
  for (const { software, namespace: _namespace, ...patch } of items.slice(0, limit))
    shown.push({
      ...patch,
      packages: [...patch.packages],
      top: [...patch.top],
      endpoints: await endpointsWith(kysely, organisationId, reach, software),
    });
  return { items: shown, totalRisk, remaining: remaining.map((each) => ({ ...each })) };
}

async function storedPatches(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
): Promise<StoredPatches> {
  const read = () =>
    sql<{ next_patches: StoredPatches | null }>`
      select next_patches from assessment_state where organisation_id = ${organisationId}`.execute(database.kysely);
  let stored = (await read()).rows[0]?.next_patches;
  if (stored === undefined || stored === null) {
    await refreshSummaries(database, organisationId, clock());
    stored = (await read()).rows[0]?.next_patches;
  }
  return stored ?? { items: [], totalRisk: 0, remaining: [] };
}

async function endpointsWith(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  software: readonly number[],
): Promise<NextPatches['items'][number]['endpoints']> {
  const lists = await readLists(within, organisationId, software);
  const { rows } = await sql<{ id: string; hostname: string }>`
    select e.id, e.hostname from endpoint_manifest em join endpoint e on e.id = em.endpoint_id
    where em.manifest_id = any(${[...lists.keys()]}::int[]) and em.valid_to is null and ${reachCondition(reach, sql`e.labels`)}
    order by e.hostname, e.id limit ${ENDPOINTS_NAMED}`.execute(within);
  return rows;
}

/** What to update next on one endpoint: with what runs there, and how it listens. */
export async function endpointPatches(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  endpoint: { readonly id: string; readonly hostname: string },
  limit: number,
): Promise<NextPatches> {
  const { items } = await endpointVulnerabilities(context, organisationId, endpoint.id, null);
  const open = items.filter(({ state }) => state === 'open' || state === 'scheduled' || state === 'accepted');
  // A vulnerability that several packages have counts once: its parts are added up.
  const parts = Map.groupBy(open, ({ id }) => id);
  const risks = open.map((item) => ({
    endpoint: endpoint.id,
    vulnerability: item.id,
    risk: item.score / (parts.get(item.id)?.length ?? 1),
    withoutUpdate: updateOf(item) === null ? whyNone(item) : null,
  }));
  const candidates = Map.groupBy(
    open.map((item, index) => ({ item, index })),
    ({ item }) => updateOf(item),
  );
  candidates.delete(null);
  const result = nextPatches(
    risks,
    [...candidates].map(([id, members]) => ({ id: id ?? '', closes: members.map(({ index }) => index) })),
    limit,
  );
  return {
    items: result.updates.flatMap(({ id, riskRemoved, cumulativeShare }) => {
      const own = (candidates.get(id) ?? []).map(({ item }) => item).sort((a, b) => b.score - a.score);
      const [first] = own;
      if (first === undefined) return [];
      const names = [...new Set(own.map((item) => item.id))];
      const packages = [...new Set(own.map((item) => item.package))].sort();
      return [
        {
          source: first.source ?? first.package,
          packages,
          fixedVersion: first.fixedVersion ?? '',
          endpointCount: 1,
          vulnerabilityCount: names.length,
          exploitedCount: new Set(own.filter(({ kev }) => kev).map((item) => item.id)).size,
          riskRemoved: Math.round(riskRemoved * 10) / 10,
          cumulativeShare: Math.min(1, Math.max(0, cumulativeShare)),
          needsReboot: packages.some(needsBoot),
          endpoints: [{ id: endpoint.id, hostname: endpoint.hostname }],
          top: names.slice(0, VULNERABILITIES_NAMED),
        },
      ];
    }),
    totalRisk: Math.round(result.riskTotal * 10) / 10,
    remaining: result.remaining.map(({ why, risk, findings }) => ({
      reason: why,
      risk: Math.round(risk * 10) / 10,
      count: findings,
    })),
  };
}

/** The source package that would have to be updated; null: nothing can be. */
function updateOf({ state, source, package: name, fixedVersion }: EndpointVulnerability): string | null {
  return state === 'accepted' || fixedVersion === null ? null : (source ?? name);
}

function whyNone({ state, fixState }: EndpointVulnerability): string {
  return state === 'accepted' ? 'accepted' : WITHOUT_FIX[fixState];
}

const WITHOUT_FIX: Readonly<Record<EndpointVulnerability['fixState'], string>> = {
  fixed: 'fixed in another channel',
  none: 'no fix yet',
  'wont-fix': 'will not be fixed',
  deferred: 'fix deferred to a later update',
  'end-of-life': 'end of life',
  unknown: 'no fix is known',
};
