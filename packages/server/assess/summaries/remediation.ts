import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { Fleet } from './fleet.ts';
import type { Weight } from './risk-curve.ts';

/** Endpoints whose history is walked through; of a larger fleet the median of so many is the median. */
const ENDPOINTS = 20_000;
const DAY_MS = 86_400_000;

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const;

export interface Remediation {
  readonly severity: (typeof SEVERITIES)[number];
  readonly days: number | null;
  readonly count: number;
}

interface Step {
  readonly endpoint_id: string;
  readonly manifest_id: number;
  readonly from_ms: number;
  readonly to_ms: number | null;
}

interface Waited {
  readonly endpoint_id: string;
  readonly package: string;
  readonly installed_ms: number;
  readonly closed_ms: number | null;
}

/** The lists that endpoints had which changed theirs since then, oldest first. */
export async function readSteps(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  since: Date,
): Promise<{ readonly steps: readonly Step[]; readonly waited: readonly Waited[] }> {
  const reached = endpointReachCondition(reach, sql`endpoint_id`);
  const changed = sql`select endpoint_id from endpoint_manifest
    where organisation_id = ${organisationId} and valid_to > ${since}::timestamptz and ${reached}
    group by endpoint_id
    order by endpoint_id limit ${ENDPOINTS}`;
  const { rows: steps } = await sql<Step>`
    select endpoint_id, manifest_id, (extract(epoch from valid_from) * 1000)::float8 as from_ms,
      (extract(epoch from valid_to) * 1000)::float8 as to_ms
    from endpoint_manifest where endpoint_id in (${changed}) order by endpoint_id, valid_from`.execute(within);
  const { rows: waited } = await sql<Waited>`
    select endpoint_id, package, (extract(epoch from installed_at) * 1000)::float8 as installed_ms,
      (extract(epoch from closed_at) * 1000)::float8 as closed_ms
    from finding where organisation_id = ${organisationId} and installed_at > ${since}::timestamptz and ${reached}
      and (closed_at is null or closed_at > installed_at)`.execute(within);
  return { steps, waited };
}

/**
 * Days from the first sight of a vulnerability on an endpoint to the moment at which its fix was effective there. What a
 * feed took back was not remedied, nor was what went on in the next version.
 */
export function remediation(
  fleet: Fleet,
  { steps, waited }: { readonly steps: readonly Step[]; readonly waited: readonly Waited[] },
  weights: ReadonlyMap<string, Weight>,
  sinceMs: number,
): readonly Remediation[] {
  const days = new Map<string, number[]>(SEVERITIES.map((severity) => [severity, []]));
  const waits = Map.groupBy(waited, (each) => `${each.endpoint_id} ${each.package}`);
  let endpoint = '';
  let open = new Map<number, { readonly since: number; readonly name: string }>();
  for (const { endpoint_id: id, manifest_id: manifest, from_ms: at, to_ms: end } of steps) {
    if (id !== endpoint) open = new Map();
    endpoint = id;
    const present = placesIn(fleet, manifest);
    for (const [place, { since, name }] of open) {
      const now = present.get(place);
      if (now !== undefined && now.fromMs <= at) continue;
      open.delete(place);
      if (at < sinceMs) continue;
      const wait = waits.get(`${id} ${name}`)?.find(({ installed_ms: installed }) => Math.abs(installed - at) < 1000);
      const effective = wait === undefined ? at : wait.closed_ms;
      const severity = weights.get(fleet.vulnerabilities[place] ?? '')?.severity ?? 'unknown';
      if (effective !== null) days.get(severity)?.push((effective - since) / DAY_MS);
    }
    for (const [place, { fromMs, toMs, name }] of present) {
      // Known while this list was in use, and not taken back before its end.
      const ends = end ?? Infinity;
      if (fromMs >= ends || toMs < ends) open.delete(place);
      else if (!open.has(place)) open.set(place, { since: Math.max(fromMs, at), name });
    }
  }
  return SEVERITIES.map((severity) => {
    const list = days.get(severity) ?? [];
    return { severity, days: median(list), count: list.length };
  });
}

const cache = new WeakMap<Fleet, Map<number, ReturnType<typeof computePlaces>>>();

function placesIn(fleet: Fleet, manifest: number) {
  let own = cache.get(fleet);
  if (own === undefined) cache.set(fleet, (own = new Map()));
  let places = own.get(manifest);
  if (places === undefined) own.set(manifest, (places = computePlaces(fleet, manifest)));
  return places;
}

function computePlaces(fleet: Fleet, manifest: number) {
  const places = new Map<number, { fromMs: number; toMs: number; name: string }>();
  for (const id of fleet.manifests.get(manifest) ?? []) {
    const software = fleet.software.get(id);
    software?.vulnerabilities.forEach((place, index) => {
      const fromMs = software.fromMs[index] ?? 0;
      const toMs = software.toMs[index] ?? Infinity;
      const before = places.get(place);
      places.set(place, {
        fromMs: Math.min(before?.fromMs ?? Infinity, fromMs),
        toMs: Math.max(before?.toMs ?? 0, toMs),
        name: software.name,
      });
    });
  }
  return places;
}

function median(values: number[]): number | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? 0) + upper) / 2;
}
