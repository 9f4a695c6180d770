import type { PackageDifference, SnapshotDifference, SnapshotDifferenceQuery } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { advisoryGaps, fixableSoftware, urgencyOf } from '../../../assess/index.ts';
import type { ServerContext } from '../../../context.ts';
import type { Tables } from '../../../storage/index.ts';
import { blocksForOrders } from '../../blocks/blocks-for-orders.ts';
import { unknownSnapshot } from '../snapshot-list.ts';
import { type ChangedPackage, changedPackages } from './changed-packages.ts';
import { type Effect, effectOn } from './effect.ts';
import { type FleetList, fleetLists } from './fleet-lists.ts';
import { type Pair, readPairs } from './pairs.ts';

const LIMIT_DEFAULT = 200;

/** What is in one snapshot and not in another, and what that would mean for the fleet as it is. @throws HttpProblem 404 */
export async function snapshotDifference(
  context: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  id: string,
  query: SnapshotDifferenceQuery,
): Promise<SnapshotDifference> {
  const { kysely } = context.database;
  const { from, to } = await readEnds(kysely, organisationId, id, query.from);
  const pairs = await readPairs(kysely, from?.id ?? null, to.id);
  const changed: ChangedPackage[] = [];
  for (const pair of pairs) changed.push(...(await changedPackages(kysely, pair)));
  const differing = pairs.filter((pair) => pair.to !== null && pair.from !== pair.to);
  const lists = await fleetLists(
    kysely,
    organisationId,
    differing.map(({ repositoryId }) => repositoryId),
  );
  const { effect, namespaces } = await fleetEffect(kysely, lists, changed);
  const blocked = await blockedNames(kysely, organisationId);
  const items = changed.map((change, place) => toDifference(change, place, effect, blocked));
  return {
    from,
    to,
    addedCount: count(items, (item) => item.from === null),
    removedCount: count(items, (item) => item.to === null),
    changedCount: count(items, (item) => item.from !== null && item.to !== null),
    downloadBytes: items.reduce((sum, item) => sum + item.downloadBytes, 0),
    closes: await closesOf(kysely, organisationId, effect),
    fleet: {
      endpointCount: effect.endpointCount,
      packageCount: effect.endpoints.size,
      downloadBytes: [...effect.endpoints].reduce(
        (sum, [place, endpoints]) => sum + (changed[place]?.to?.sizeBytes ?? 0) * endpoints,
        0,
      ),
    },
    gaps: [...coverageGaps(differing, lists), ...(await advisoryGaps(kysely, namespaces, context.clock()))],
    ...page(items, query),
  };
}

interface End {
  readonly id: string;
  readonly name: string;
}

async function readEnds(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
  from: string | undefined,
): Promise<{ readonly from: End | null; readonly to: End }> {
  const { rows } = await sql<{ id: string; name: string; place: 'from' | 'to' }>`
    with newer as (select * from content_snapshot where id = ${id} and organisation_id = ${organisationId})
    select id, name, 'to' as place from newer
    union all
    (select b.id, b.name, 'from' from newer s join content_snapshot b on b.organisation_id = s.organisation_id
      and case when ${from ?? null}::uuid is null then (b.created_at, b.id) < (s.created_at, s.id)
        else b.id = ${from ?? null}::uuid end
      order by b.created_at desc, b.id desc limit 1)`.execute(within);
  const end = (place: 'from' | 'to'): End | null => {
    const row = rows.find((each) => each.place === place);
    return row === undefined ? null : { id: row.id, name: row.name };
  };
  const to = end('to');
  if (to === null || (from !== undefined && end('from') === null)) throw unknownSnapshot();
  return { from: end('from'), to };
}

async function fleetEffect(
  within: Kysely<Tables>,
  lists: readonly FleetList[],
  changed: readonly ChangedPackage[],
): Promise<{ readonly effect: Effect; readonly namespaces: readonly string[] }> {
  const ids = new Set<number>();
  for (const { software } of lists) for (const id of software) ids.add(id);
  const arriving = changed.filter(({ to }) => to !== null);
  const software = await fixableSoftware(
    within,
    [...ids],
    [...new Set(arriving.map(({ name }) => name))],
    [...new Set(arriving.map(({ to }) => to?.source ?? ''))],
  );
  return {
    effect: effectOn(lists, software, changed),
    namespaces: [...new Set(software.map(({ namespace }) => namespace))].sort(),
  };
}

async function blockedNames(within: Kysely<Tables>, organisationId: string): Promise<ReadonlySet<string>> {
  const blocks = await blocksForOrders(within, organisationId);
  return new Set(blocks.map(({ name, version, architecture }) => `${name}\0${version}\0${architecture ?? ''}`));
}

function toDifference(
  { pair, name, architecture, from, to }: ChangedPackage,
  place: number,
  effect: Effect,
  blocked: ReadonlySet<string>,
): PackageDifference {
  const recalled = to !== null && ['', architecture].some((one) => blocked.has(`${name}\0${to.version}\0${one}`));
  return {
    repositoryId: pair.repositoryId,
    repositoryName: pair.repositoryName,
    name,
    architecture,
    source: (to ?? from)?.source ?? name,
    from: from?.version ?? null,
    to: to?.version ?? null,
    downloadBytes: to?.sizeBytes ?? 0,
    closes: [...(effect.closes.get(place) ?? [])].sort(),
    endpointCount: effect.endpoints.get(place) ?? 0,
    blocked: recalled,
  };
}

async function closesOf(
  within: Kysely<Tables>,
  organisationId: string,
  { closed }: Effect,
): Promise<SnapshotDifference['closes']> {
  const urgency = await urgencyOf(within, organisationId, [...closed.keys()]);
  return [...closed]
    .map(([id, { endpointCount, packages }]) => ({
      id,
      severity: urgency.get(id)?.severity ?? 'unknown',
      exploited: urgency.get(id)?.exploited ?? false,
      endpointCount,
      packages: [...packages].sort(),
    }))
    .sort(
      (a, b) =>
        (urgency.get(b.id)?.score ?? 0) - (urgency.get(a.id)?.score ?? 0) ||
        b.endpointCount - a.endpointCount ||
        (a.id < b.id ? -1 : 1),
    );
}

/** An endpoint that does not say where its packages come from can't be counted: that is said, and is not 'no effect'. */
function coverageGaps(pairs: readonly Pair[], lists: readonly FleetList[]): SnapshotDifference['gaps'] {
  return pairs
    .filter(({ repositoryId }) => !lists.some((list) => list.repositoryIds.has(repositoryId)))
    .map(({ repositoryName }) => ({
      what: repositoryName,
      why: 'no endpoint reports that it takes from this repository, so what it would change on the fleet, and which vulnerabilities it closes, is not known',
    }));
}

/** What closes most first, then what most endpoints get. */
function page(
  items: readonly PackageDifference[],
  { search, fleet, limit = LIMIT_DEFAULT, offset = 0 }: SnapshotDifferenceQuery,
): Pick<SnapshotDifference, 'items' | 'total'> {
  const words = search?.trim().toLowerCase() ?? '';
  const found = items.filter(
    (item) =>
      (fleet !== true || item.endpointCount > 0) &&
      (words === '' ||
        item.name.toLowerCase().includes(words) ||
        item.source.toLowerCase().includes(words) ||
        item.closes.some((id) => id.toLowerCase().includes(words))),
  );
  found.sort(
    (a, b) =>
      b.closes.length - a.closes.length ||
      b.endpointCount - a.endpointCount ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
      (a.architecture < b.architecture ? -1 : 1),
  );
  return { items: found.slice(offset, offset + limit), total: found.length };
}

function count<T>(items: readonly T[], which: (item: T) => boolean): number {
  return items.reduce((sum, item) => sum + (which(item) ? 1 : 0), 0);
}
