import type { UpdateTraits } from '@thimble/rollouts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { closedBy } from './closed-by.ts';
import { type Publication, publicationDates, publicationOf } from './publication.ts';
import { readLists, type ReportedUpdate } from './read-lists.ts';
import { type Urgency, knownVulnerabilities, worstOf } from './urgency.ts';

/** An update that endpoints wait for, with what is known of it. Its severity and the like are the worst of what it closes. */
export interface PendingUpdate extends UpdateTraits {
  readonly architecture: string;
  readonly sourceVersion: string;
  readonly installed: string;
  readonly candidate: string;
  readonly downloadBytes: number;
  /** An administrator holds the package on the endpoint: it is not installed before it is released there. */
  readonly held: boolean;
  /** The scores of what it closes, added: how bad it is to wait. */
  readonly risk: number;
  /** By whom `publishedMs` is known: the vendor's advisory states it, or endpoints reported the update from then on. */
  readonly publishedBy: 'advisory' | 'first-seen' | null;
  /** When the first fix of any vulnerability that it closes was published, in whatever version: from here deadlines count. */
  readonly fixedSinceMs: number | null;
}

export interface PendingUpdates {
  /** Lists by digest: endpoints that lack the same share one. Sorted by name and architecture. */
  readonly lists: ReadonlyMap<string, readonly PendingUpdate[]>;
  /** Digest of the list that each endpoint reported last; who reported none is not in it: what it lacks is unknown. */
  readonly ofEndpoint: ReadonlyMap<string, string>;
}

/**
 * What endpoints lack, computed once for each distinct update and not for each endpoint.
 *
 * @param endpointIds null: all that were not removed.
 */
export async function pendingUpdates(
  within: Kysely<Tables>,
  organisationId: string,
  endpointIds: readonly string[] | null,
  now: Date,
): Promise<PendingUpdates> {
  const reported = await readLists(within, organisationId, endpointIds);
  const { updates, namespaces } = reported;
  const closed = await closedBy(within, organisationId, reported, now);
  const ids = new Set([...closed.values()].flatMap((list) => list.map(({ vulnerability }) => vulnerability)));
  const known = await knownVulnerabilities(within, organisationId, [...ids]);
  const dates = await publicationDates(within, organisationId, [...updates.values()], namespaces, closed);
  const described = new Map(
    [...updates.values()].map((update) => {
      const own = closed.get(update.id) ?? [];
      const vulnerabilities = [...new Set(own.map(({ vulnerability }) => vulnerability))].sort();
      const worst = worstOf(vulnerabilities.flatMap((id) => known.get(id) ?? []));
      return [
        update.id,
        { ...stated(update, vulnerabilities), ...worst, ...publicationOf(dates, update, namespaces, own) },
      ];
    }),
  );
  const places = new Map([...updates.keys()].map((id, place) => [id, place]));
  const lists = new Map(
    [...reported.lists].map(([sha256, list]) => [
      sha256,
      list
        .toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
        .flatMap((id): PendingUpdate | [] => described.get(id) ?? []),
    ]),
  );
  return { lists, ofEndpoint: reported.ofEndpoint };
}

function stated(
  { id: _id, origin, ...update }: ReportedUpdate,
  vulnerabilities: readonly string[],
): Omit<PendingUpdate, keyof Urgency | keyof Publication> {
  return { ...update, vulnerabilities, origin: origin.origin ?? origin.label };
}
