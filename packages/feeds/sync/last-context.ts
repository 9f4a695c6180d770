import { createHash } from 'node:crypto';
import type { FeedState, Validator } from '../store.ts';

/** Kept among the validators: no request's path begins so. */
const KEY = '#context';

export interface SyncContext {
  /** What of the fleet the feed was asked for; null: everything. */
  readonly namespaces: readonly string[] | null;
  /** Version of the code that read the documents: another one may read more out of the same bytes. */
  readonly reader: string;
}

/** With what the last commit was asked for and read. */
export function contextValidator({ namespaces, reader }: SyncContext): readonly [string, Validator] {
  const asked = namespaces === null ? null : JSON.stringify(namespaces.toSorted());
  return [KEY, { etag: asked, lastModified: reader, sha256: createHash('sha256').update(`${asked}`).digest('hex') }];
}

/**
 * What this synchronisation asks for: with what the last one asked for, since a snapshot ends what it was not asked for.
 * `forced`: exactly what is wanted now.
 */
export function wantedNamespaces(
  state: FeedState | null,
  wanted: readonly string[] | null,
  forced: boolean,
): readonly string[] | null {
  const before = askedNamespaces(state);
  if (forced || before === undefined) return wanted;
  return wanted === null || before === null ? null : [...new Set([...before, ...wanted])].toSorted();
}

/** How this synchronisation's context differs from the last one's. */
export function compareContext(
  state: FeedState | null,
  context: SyncContext,
): 'same' | 'other-reader' | 'other-namespaces' {
  const [, now] = contextValidator(context);
  const before = state?.validators.get(KEY);
  if (before === undefined || before.etag !== now.etag) return 'other-namespaces';
  return before.lastModified === now.lastModified ? 'same' : 'other-reader';
}

/** What of the fleet a feed was asked for at its last commit; null: everything. Undefined: it was never synchronised. */
export function askedNamespaces(state: FeedState | null): readonly string[] | null | undefined {
  const kept = state?.validators.get(KEY);
  if (kept === undefined) return undefined;
  if (kept.etag === null) return null;
  const asked: unknown = JSON.parse(kept.etag);
  return Array.isArray(asked) ? asked.filter((one) => typeof one === 'string') : null;
}
