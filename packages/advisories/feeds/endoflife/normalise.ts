import type { FeedItem } from '../../feed/index.ts';
import { anyDay } from '../../feed/moments.ts';
import { line } from '../../feed/record.ts';
import type { Fact } from '../../model/index.ts';
import { namespaceOfCycle } from './namespaces.ts';
import type { Product, Release } from './schema.ts';

/** A fact per release cycle, `product:NAME:CYCLE`; of a distribution's one more under its namespace. */
export function normaliseProduct(product: Product, sha256: string): readonly FeedItem[] {
  const seen = new Set<string>();
  return product.releases.flatMap((release, index) => {
    const record = `${product.name}/${release === null ? index : line(release.cycle)}`;
    if (release === null) return [fault(record, 'release is not understood: a field is missing or of another type')];
    const cycle = line(release.cycle);
    if (cycle === '' || cycle.length > 128) return [fault(record, 'release has no name, or too long a one')];
    if (seen.has(cycle)) return [fault(record, 'release is named twice')];
    seen.add(cycle);
    const body = supportOf(release);
    if (body === null) return [fault(record, `ends on no day: ${line(String(release.eol).slice(0, 64))}`)];
    const namespace = namespaceOfCycle(product.name, cycle);
    return [`product:${product.name}:${cycle}`, ...(namespace === null ? [] : [namespace])].map((subject): FeedItem => {
      const fact: Fact = { body: { ...body, subject }, provenance: { feed: 'endoflife', record, sha256 } };
      return { kind: 'fact', fact };
    });
  });
}

type Support = Extract<Fact['body'], { readonly kind: 'support' }>;

/** Null: a day is stated that no calendar has. */
function supportOf(release: Release): Omit<Support, 'subject'> | null {
  const endsOn = dayOf(release.eol);
  const extendedEndsOn = dayOf(release.extended);
  if (endsOn === undefined || extendedEndsOn === undefined) return null;
  return {
    kind: 'support',
    title: line(release.title),
    endsOn,
    extendedEndsOn,
    ended: release.eol === true,
    latest: release.latest === null || release.latest === '' ? null : line(release.latest),
    note: release.extended === true ? 'Extended support has ended.' : '',
  };
}

/** Null: no day is stated; undefined: it is none. */
function dayOf(ending: Release['eol']): string | null | undefined {
  return typeof ending === 'string' ? (anyDay(ending) ?? undefined) : null;
}

function fault(record: string, reason: string): FeedItem {
  return { kind: 'fault', record, reason };
}
