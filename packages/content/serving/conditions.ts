import type { IncomingHttpHeaders } from 'node:http';
import { type ByteRange, readRange } from './byte-range.ts';

/** What a file is recognised by. */
export interface Validators {
  /** With its quotes; null: not known before the bytes are there. */
  readonly etag: string | null;
  readonly lastModified: Date | null;
}

export type Verdict =
  | { readonly kind: 'whole' }
  | ({ readonly kind: 'part' } & ByteRange)
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: Verdict = { kind: 'whole' };

/** Evaluates the conditions of a GET or HEAD in the order of RFC 9110 section 13.2.2, then its range. */
export function evaluateConditions(
  method: string,
  headers: IncomingHttpHeaders,
  validators: Validators,
  sizeBytes: number,
): Verdict {
  const changed = whenChanged(headers, validators);
  if (changed !== null) return changed;
  // Range is defined for GET alone (section 14.2).
  if (method !== 'GET' || headers.range === undefined || !rangeStillFits(headers['if-range'], validators)) return WHOLE;
  const range = readRange(headers.range, sizeBytes);
  if (range === null) return WHOLE;
  return range === 'unsatisfiable' ? { kind: 'unsatisfiable' } : { kind: 'part', ...range };
}

function whenChanged(headers: IncomingHttpHeaders, { etag, lastModified }: Validators): Verdict | null {
  const match = headers['if-match'];
  if (match !== undefined) {
    if (!listHas(match, etag, 'strong')) return { kind: 'precondition-failed' };
  } else if (isAfter(lastModified, headers['if-unmodified-since']) === true) return { kind: 'precondition-failed' };
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) return listHas(noneMatch, etag, 'weak') ? { kind: 'not-modified' } : null;
  return isAfter(lastModified, headers['if-modified-since']) === false ? { kind: 'not-modified' } : null;
}

/** A list of entity tags, or `*`. Commas may stand in tags, but not in ours, so nothing of ours is ever cut in two. */
function listHas(list: string, etag: string | null, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  if (etag === null) return false;
  return list.split(',').some((each) => {
    const tag = each.trim();
    return tag === etag || (comparison === 'weak' && tag === `W/${etag}`);
  });
}

/** null: one of the two is not known, or not a date. HTTP dates have whole seconds. */
function isAfter(lastModified: Date | null, header: string | undefined): boolean | null {
  if (lastModified === null || header === undefined) return null;
  const since = Date.parse(header);
  return Number.isNaN(since) ? null : Math.floor(lastModified.getTime() / 1000) * 1000 > since;
}

/** If-Range (section 13.1.5): the same strong tag, or exactly the same date. */
function rangeStillFits(ifRange: string | string[] | undefined, { etag, lastModified }: Validators): boolean {
  if (ifRange === undefined) return true;
  if (typeof ifRange !== 'string') return false;
  const condition = ifRange.trim();
  if (condition.startsWith('"')) return condition === etag;
  return lastModified !== null && condition === lastModified.toUTCString();
}
