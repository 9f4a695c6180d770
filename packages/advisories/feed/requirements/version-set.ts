import { orderVersions } from '@thimble/versions';
import type { Fix, Interval } from '../../model/index.ts';

/** A place between two versions: just before or just after one. */
export interface Cut {
  readonly version: string;
  readonly after: boolean;
  /** Made by the notation (`^1.2` ends before `2.0.0-0`): a border, and no version that anybody could install. */
  readonly artificial?: true;
}

/** A stretch of versions; null: no end on that side. */
export interface Span {
  readonly from: Cut | null;
  readonly to: Cut | null;
}

/** A set of versions as spans, in order, without overlap. All versions in them are of the scheme. */
export interface VersionSet {
  readonly scheme: string;
  readonly spans: readonly Span[];
}

export function everything(scheme: string): VersionSet {
  return { scheme, spans: [{ from: null, to: null }] };
}

export function intersection(a: VersionSet, b: VersionSet): VersionSet {
  const { scheme } = a;
  const spans = a.spans.flatMap((left) =>
    b.spans.flatMap((right) => {
      const from =
        left.from === null || (right.from !== null && compare(scheme, right.from, left.from) > 0)
          ? right.from
          : left.from;
      const to = left.to === null || (right.to !== null && compare(scheme, right.to, left.to) < 0) ? right.to : left.to;
      return from !== null && to !== null && compare(scheme, from, to) >= 0 ? [] : [{ from, to }];
    }),
  );
  return { scheme, spans: spans.sort((one, other) => startOrder(scheme, one, other)) };
}

export function complement({ scheme, spans }: VersionSet): VersionSet {
  const outside = spans.map(({ from, to }) => ({
    scheme,
    spans: [...(from === null ? [] : [{ from: null, to: from }]), ...(to === null ? [] : [{ from: to, to: null }])],
  }));
  return outside.reduce(intersection, everything(scheme));
}

export function union(scheme: string, sets: readonly VersionSet[]): VersionSet {
  return complement(sets.map(complement).reduce(intersection, everything(scheme)));
}

/** The set as a claim's intervals. Where an end is a version that can be installed, that is the fixed one. */
export function intervalsOf({ scheme, spans }: VersionSet): Interval[] {
  return spans.map(({ from, to }) => ({
    introduced: from === null ? null : from.after ? successor(scheme, from.version) : from.version,
    fixed: to === null || to.after || to.artificial === true ? null : to.version,
    lastAffected: to === null ? null : to.after ? to.version : to.artificial === true ? predecessor(to.version) : null,
  }));
}

/** The fix of the newest span. */
export function fixOf(set: VersionSet): Fix {
  const last = intervalsOf(set).at(-1);
  if (last === undefined) return { state: 'unknown', version: null };
  if (last.fixed !== null) return { state: 'fixed', version: last.fixed };
  return { state: last.lastAffected === null ? 'none' : 'unknown', version: null };
}

function compare(scheme: string, a: Cut, b: Cut): number {
  const result = orderVersions(scheme, a.version, b.version);
  if (!('order' in result)) throw new TypeError(`${a.version} and ${b.version} were taken for ${scheme} versions`);
  return result.order === 0 ? Number(a.after) - Number(b.after) : result.order;
}

function startOrder(scheme: string, a: Span, b: Span): number {
  if (a.from === null || b.from === null) return Number(b.from === null) - Number(a.from === null);
  return compare(scheme, a.from, b.from);
}

/**
 * The next version after one. In semantic versions that is exact (`2.1.1` is followed by `2.1.2-0`, `1.0.0-rc` by
 * `1.0.0-rc.0`). Gems have none: the one taken is closer than any that was ever published.
 */
function successor(scheme: string, version: string): string {
  if (scheme === 'gem') return `${version}.0.0.0.1`;
  const [, core = version, pre] = /^v?([^-+]*)(-[^+]*)?/.exec(version) ?? [];
  if (pre !== undefined) return `${core}${pre}.0`;
  const [major = '0', minor = '0', patch = '0'] = core.split('.');
  return `${major}.${minor}.${String(BigInt(patch) + 1n)}-0`;
}

/** The last version before `6.0.0-0`, which no release is higher than. */
function predecessor(version: string): string {
  const most = '999999999';
  const [major = 0, minor = 0, patch = 0] = version.replace(/-0$/, '').split('.').map(Number);
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}.${most}` : `${major - 1}.${most}.${most}`;
}
