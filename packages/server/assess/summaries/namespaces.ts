import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { Fleet } from './fleet.ts';

const SOFTWARE_AT_ONCE = 10_000;

/** What of the fleet makes feeds needed. */
export interface FleetNamespace {
  readonly namespace: string;
  readonly endpointCount: number;
  readonly packageCount: number;
}

/** Endpoints by distribution and by kind of language package, and how much software there is of each. */
export async function namespacesOf(
  within: Kysely<Tables>,
  { groups, manifests }: Fleet,
): Promise<readonly FleetNamespace[]> {
  const ids = new Set<number>();
  const present = new Set(groups.map(({ manifestId }) => manifestId));
  for (const manifest of present) for (const id of manifests.get(manifest) ?? []) ids.add(id);
  const placeOf = new Map<number, string>();
  const packages = new Map<string, number>();
  const all = [...ids];
  for (let at = 0; at < all.length; at += SOFTWARE_AT_ONCE) {
    const { rows } = await sql<{ id: number; namespace: string }>`
      select id, namespace from software where id = any(${all.slice(at, at + SOFTWARE_AT_ONCE)}::int[])`.execute(
      within,
    );
    for (const { id, namespace } of rows) {
      placeOf.set(id, namespace);
      packages.set(namespace, (packages.get(namespace) ?? 0) + 1);
    }
  }
  const endpoints = new Map<string, number>();
  const spaces = new Map<number, ReadonlySet<string>>();
  for (const [manifest, list] of manifests) spaces.set(manifest, new Set([...list].map((id) => placeOf.get(id) ?? '')));
  for (const { manifestId, count } of groups)
    for (const namespace of spaces.get(manifestId) ?? [])
      endpoints.set(namespace, (endpoints.get(namespace) ?? 0) + count);
  return [...endpoints]
    .map(([namespace, endpointCount]) => ({ namespace, endpointCount, packageCount: packages.get(namespace) ?? 0 }))
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}
