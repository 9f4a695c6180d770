import type { Kysely } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** An update that endpoints wait for, with what is known of it. */
export interface PendingUpdate {
  /** Binary package. */
  readonly name: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly installed: string;
  readonly candidate: string;
  readonly downloadBytes: number;
  /** An administrator holds the package on the endpoint: it is not installed before he releases it. */
  readonly held: boolean;
  /** From a vendor's security channel, or it closes a known vulnerability. */
  readonly security: boolean;
  /** The repository's label, else its origin, as the vendor states it. */
  readonly origin: string;
  /** Vulnerabilities that are open in what is installed and fixed by the candidate, sorted. */
  readonly vulnerabilities: readonly string[];
  /** The worst of them that is known. */
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'unknown';
  /** One of them is in CISA's catalogue, with the soonest of the dates that it states. */
  readonly kev: { readonly dueMs: number | null } | null;
  /** The highest. */
  readonly epss: number | null;
  /** The most urgent. */
  readonly ssvc: 'act' | 'attend' | 'track*' | 'track' | null;
  /** Added over them: how bad it is to wait. */
  readonly risk: number;
  /** When this version was published. */
  readonly publishedMs: number | null;
  /** By whom that is known: the vendor's advisory states it, or endpoints reported it from then on. */
  readonly publishedBy: 'advisory' | 'first-seen' | null;
  /** When the first fix of any of them was published, in whatever version: from here deadlines count. */
  readonly fixedSinceMs: number | null;
}

export interface PendingUpdates {
  /** Lists by digest: endpoints that lack the same share one. Sorted by name and architecture. */
  readonly lists: ReadonlyMap<string, readonly PendingUpdate[]>;
  /** Digest of the list that each endpoint reported last; who reported none is not in it: what it lacks is unknown. */
  readonly ofEndpoint: ReadonlyMap<string, string>;
}

/** @param endpointIds null: all that were not removed. */
export async function pendingUpdates(
  _within: Kysely<Tables>,
  _organisationId: string,
  _endpointIds: readonly string[] | null,
  _now: Date,
): Promise<PendingUpdates> {
  return { lists: new Map(), ofEndpoint: new Map() };
}
