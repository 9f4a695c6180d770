import type { FixableSoftware } from '../../../assess/index.ts';
import { orderVersions } from '@thimble/versions';
import { orderOf, schemeOf } from '../../revisions/newest-versions.ts';
import type { ChangedPackage } from './changed-packages.ts';
import type { FleetList } from './fleet-lists.ts';

/** What a difference would change on the fleet as it is now. */
export interface Effect {
  /** By place in the list of changed packages: endpoints that would get it. */
  readonly endpoints: ReadonlyMap<number, number>;
  /** By place in the list of changed packages. */
  readonly closes: ReadonlyMap<number, ReadonlySet<string>>;
  /** By vulnerability. */
  readonly closed: ReadonlyMap<string, { endpointCount: number; readonly packages: Set<string> }>;
  readonly endpointCount: number;
}

/** Which changed packages one software would be replaced by, and what they close. */
interface Reach {
  readonly repositoryId: string;
  readonly place: number | null;
  readonly name: string;
  readonly closes: readonly string[];
}

/**
 * Software is replaced by a changed package of its name and architecture, where the endpoint takes from that repository and has an
 * older version. A vulnerability is closed when its fix is at or below the new version, and was not in the older snapshot already.
 * Fixes of source packages are looked for by source, so that packages which carry their version in their name (kernels) count.
 */
export function effectOn(
  lists: readonly FleetList[],
  software: readonly FixableSoftware[],
  changed: readonly ChangedPackage[],
): Effect {
  const reaches = reachesOf(software, changed);
  const endpoints = new Map<number, number>();
  const closes = new Map<number, Set<string>>();
  const closed = new Map<string, { endpointCount: number; readonly packages: Set<string> }>();
  let endpointCount = 0;
  for (const list of lists) {
    const places = new Set<number>();
    const ids = new Set<string>();
    for (const id of list.software)
      for (const { repositoryId, place, name, closes: own } of reaches.get(id) ?? []) {
        if (!list.repositoryIds.has(repositoryId)) continue;
        if (place !== null) {
          places.add(place);
          if (own.length > 0) addAll(closes, place, own);
        }
        for (const vulnerability of own) {
          ids.add(vulnerability);
          const known = closed.get(vulnerability) ?? { endpointCount: 0, packages: new Set() };
          known.packages.add(name);
          closed.set(vulnerability, known);
        }
      }
    for (const place of places) endpoints.set(place, (endpoints.get(place) ?? 0) + list.endpointCount);
    for (const id of ids) {
      const known = closed.get(id);
      if (known !== undefined) known.endpointCount += list.endpointCount;
    }
    if (places.size > 0) endpointCount += list.endpointCount;
  }
  return { endpoints, closes, closed, endpointCount };
}

function addAll(closes: Map<number, Set<string>>, place: number, vulnerabilities: readonly string[]): void {
  const known = closes.get(place) ?? new Set();
  for (const vulnerability of vulnerabilities) known.add(vulnerability);
  closes.set(place, known);
}

/** Architectures of packages that are the same on every machine, as repositories and endpoints call them. */
const ANY: ReadonlySet<string | null> = new Set(['all', 'noarch', 'any', null]);

function reachesOf(
  software: readonly FixableSoftware[],
  changed: readonly ChangedPackage[],
): ReadonlyMap<number, readonly Reach[]> {
  const byName = new Map<string, number[]>();
  changed.forEach(({ name, to }, place) => {
    if (to !== null) byName.set(name, [...(byName.get(name) ?? []), place]);
  });
  const bySource = sourcesOf(changed);
  const reaches = new Map<number, readonly Reach[]>();
  for (const one of software) {
    const own: Reach[] = [];
    for (const place of byName.get(one.name) ?? []) {
      const reach = reachOfPackage(one, changed[place], place);
      if (reach !== null) own.push(reach);
    }
    for (const source of bySource.get(one.source) ?? []) {
      const { repositoryId, format, from, to } = source;
      if (own.some((reach) => reach.repositoryId === repositoryId) || !isOlder(one, format, one.sourceVersion, to))
        continue;
      const fixed = one.open.filter(
        ({ fixOf, fixVersion }) => fixOf === 'source' && between(format, fixVersion, from, to),
      );
      if (fixed.length > 0) own.push({ repositoryId, place: null, name: one.name, closes: fixed.map(({ id }) => id) });
    }
    if (own.length > 0) reaches.set(one.id, own);
  }
  return reaches;
}

function reachOfPackage(one: FixableSoftware, change: ChangedPackage | undefined, place: number): Reach | null {
  if (change?.to === null || change?.to === undefined) return null;
  const { pair, from, to, architecture } = change;
  if (architecture !== one.architecture && !(ANY.has(architecture) && ANY.has(one.architecture))) return null;
  if (!isOlder(one, pair.format, one.version, to.version)) return null;
  const closes = one.open.filter(({ fixOf, fixVersion }) =>
    fixOf === 'source'
      ? between(pair.format, fixVersion, from?.sourceVersion ?? null, to.sourceVersion)
      : between(pair.format, fixVersion, from?.version ?? null, to.version),
  );
  return { repositoryId: pair.repositoryId, place, name: one.name, closes: closes.map(({ id }) => id) };
}

interface ChangedSource {
  readonly repositoryId: string;
  readonly format: string;
  from: string | null;
  to: string;
}

/** Each source package of each repository that has a newer version, with the newest versions before and after. */
function sourcesOf(changed: readonly ChangedPackage[]): ReadonlyMap<string, readonly ChangedSource[]> {
  const sources = new Map<string, ChangedSource[]>();
  for (const { pair, from, to } of changed) {
    const name = (to ?? from)?.source ?? '';
    const all = sources.get(name) ?? [];
    sources.set(name, all);
    let source = all.find(({ repositoryId }) => repositoryId === pair.repositoryId);
    if (source === undefined) {
      source = { repositoryId: pair.repositoryId, format: pair.format, from: null, to: '' };
      all.push(source);
    }
    if (from !== null && (source.from === null || orderOf(pair.format, source.from, from.sourceVersion) < 0))
      source.from = from.sourceVersion;
    if (to !== null && (source.to === '' || orderOf(pair.format, source.to, to.sourceVersion) < 0))
      source.to = to.sourceVersion;
  }
  return new Map([...sources].map(([name, all]) => [name, all.filter(({ to }) => to !== '')]));
}

function isOlder({ scheme }: FixableSoftware, format: string, version: string, than: string): boolean {
  return scheme === schemeOf(format) && isBelow(format, version, than);
}

/** Whether a fix is new: above `from`, and at or below `to`. What has no order is not claimed. */
function between(format: string, fix: string, from: string | null, to: string): boolean {
  return isAtMost(format, fix, to) && (from === null || isBelow(format, from, fix));
}

function isBelow(format: string, a: string, b: string): boolean {
  const result = orderVersions(schemeOf(format), a, b);
  return 'order' in result && result.order < 0;
}

function isAtMost(format: string, a: string, b: string): boolean {
  const result = orderVersions(schemeOf(format), a, b);
  return 'order' in result && result.order <= 0;
}
