import type { ComparableScheme } from '@thimble/versions';
import type { Fix, Interval } from '../../model/index.ts';

/** An entry of `ranges[].events[]`, with its version; `null` for OSV's `0`, before every version. */
interface Event {
  readonly kind: 'introduced' | 'fixed' | 'lastAffected';
  readonly version: string | null;
  readonly valid: boolean;
}

/** What a record says of a package's versions. */
export interface AffectedVersions {
  readonly intervals: readonly Interval[];
  /** Listed versions that no interval holds. */
  readonly versions: readonly string[];
  readonly fix: Fix;
  /** Stretches whose other end is not understood, so that nobody knows whether they are affected. */
  readonly undecided: readonly Interval[];
  readonly problems: readonly string[];
}

const LONGEST_VERSION = 1024;
const KEYS = { introduced: 'introduced', fixed: 'fixed', last_affected: 'lastAffected', limit: 'fixed' } as const;

/**
 * Ranges and listed versions as intervals, by the schema's evaluation (`affected[].ranges[].events`): a version is affected
 * when it is listed or in a range. Listed versions that are in an interval are not kept twice. Ranges of commits are not
 * about packages and are left out.
 */
export function affectedVersions(
  scheme: ComparableScheme,
  ranges: readonly unknown[],
  listed: readonly unknown[],
): AffectedVersions {
  const intervals: Interval[] = [];
  const undecided: Interval[] = [];
  const problems: string[] = [];
  const versions = listed.filter((version) => isText(version));
  if (versions.length < listed.length) problems.push('a listed version is no text');
  for (const range of ranges) {
    const read = eventsOf(range, scheme);
    problems.push(...read.problems);
    const cut = intervalsOf(read.events, scheme);
    intervals.push(...cut.intervals);
    // The list of versions, where there is one, decides instead.
    if (versions.length === 0) undecided.push(...cut.undecided);
    if (versions.length === 0 && read.unreadable) undecided.push({ introduced: null, fixed: null, lastAffected: null });
  }
  const everything = intervals.find(
    ({ introduced, fixed, lastAffected }) => (introduced ?? fixed ?? lastAffected) === null,
  );
  if (everything !== undefined)
    return { intervals: [everything], versions: [], fix: { state: 'none', version: null }, undecided: [], problems };
  const rest = versions.filter((version) => !intervals.some((interval) => holds(interval, version, scheme)));
  return { intervals, versions: [...new Set(rest)], fix: fixOf(intervals, scheme), undecided, problems };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_VERSION;
}

function eventsOf(range: unknown, scheme: ComparableScheme) {
  const { type, events } = (typeof range === 'object' && range !== null ? range : {}) as Readonly<
    Record<string, unknown>
  >;
  if (type === 'GIT') return { events: [], problems: [], unreadable: false };
  if ((type !== 'SEMVER' && type !== 'ECOSYSTEM') || !Array.isArray(events))
    return { events: [], problems: ['a range without type or events'], unreadable: true };
  const read: Event[] = [];
  const problems: string[] = [];
  for (const event of events as readonly unknown[]) {
    const entries = typeof event === 'object' && event !== null ? Object.entries(event) : [];
    for (const [name, version] of entries as readonly (readonly [string, unknown])[]) {
      const kind = Object.hasOwn(KEYS, name) ? KEYS[name as keyof typeof KEYS] : null;
      if (kind === null || !isText(version)) {
        problems.push(`an event that is not understood: ${name.slice(0, 50)}`);
        continue;
      }
      // The schema's way to write that there is no limit.
      if (name === 'limit' && version === '*') continue;
      const first = kind === 'introduced' && version === '0';
      const boundary = name === 'last_affected' ? version : completed(version, scheme);
      const valid = first || scheme.accepts(boundary);
      if (!valid) problems.push(`${name} ${version.slice(0, 100)} is no ${scheme.id} version`);
      read.push({ kind, version: first ? null : boundary, valid });
    }
  }
  return { events: read, problems, unreadable: read.length === 0 };
}

/** Schemes of three numbers without leading zeros. */
const THREE_NUMBERS: ReadonlySet<string> = new Set(['npm', 'semver', 'cargo', 'hex', 'pub']);

/**
 * Where a scheme demands three numbers, people still write `0.62` for the border at 0.62.0, and Bitnami `2020.04.23` for
 * 2020.4.23. Not for the last affected version: `1.3` may well mean all of 1.3.
 */
function completed(version: string, scheme: ComparableScheme): string {
  if (!THREE_NUMBERS.has(scheme.id) || scheme.accepts(version) || !/^\d{1,15}(\.\d{1,15}){0,2}$/.test(version))
    return version;
  return [...version.split('.'), '0', '0']
    .slice(0, 3)
    .map((number) => number.replace(/^0+(?=\d)/, ''))
    .join('.');
}

/** In the versions' order; in the order given where one of them has none. */
function sorted(events: readonly Event[], scheme: ComparableScheme): readonly Event[] {
  let comparable = events.every(({ valid }) => valid);
  const compare = (a: Event, b: Event): number => {
    if (a.version === null || b.version === null) return Number(b.version === null) - Number(a.version === null);
    const result = scheme.order(a.version, b.version);
    if (!('order' in result)) comparable = false;
    return 'order' in result ? result.order : 0;
  };
  const ordered = comparable ? [...events].sort(compare) : events;
  return comparable ? ordered : events;
}

function intervalsOf(events: readonly Event[], scheme: ComparableScheme) {
  const intervals: Interval[] = [];
  const undecided: Interval[] = [];
  let open: Event | null = events.some(({ kind }) => kind === 'introduced')
    ? null
    : { kind: 'introduced', version: null, valid: true };
  if (events.length === 0) open = null;
  const close = (end: Event | null): void => {
    if (open === null) return;
    if (!open.valid || end?.valid === false)
      undecided.push({ introduced: open.valid ? open.version : null, fixed: null, lastAffected: null });
    else
      intervals.push({
        introduced: open.version,
        fixed: end?.kind === 'fixed' ? end.version : null,
        lastAffected: end?.kind === 'lastAffected' ? end.version : null,
      });
    open = null;
  };
  for (const event of sorted(events, scheme)) {
    if (event.kind !== 'introduced') close(event);
    else open ??= event;
  }
  close(null);
  return { intervals: intervals.filter((interval) => !isEmpty(interval)), undecided };
}

/** `introduced` and `fixed` the same: some records write so that nothing is affected. */
function isEmpty({ introduced, fixed }: Interval): boolean {
  return introduced !== null && introduced === fixed;
}

function holds({ introduced, fixed, lastAffected }: Interval, version: string, scheme: ComparableScheme): boolean {
  const order = (other: string): number | null => {
    const result = scheme.order(version, other);
    return 'order' in result ? result.order : null;
  };
  const start = introduced === null ? 1 : order(introduced);
  const beforeFixed = fixed === null ? -1 : order(fixed);
  const toLast = lastAffected === null ? 0 : order(lastAffected);
  return start !== null && start >= 0 && beforeFixed !== null && beforeFixed < 0 && toLast !== null && toLast <= 0;
}

/** The repair of the newest branch: an installed version's own branch is found by its interval. */
function fixOf(intervals: readonly Interval[], scheme: ComparableScheme): Fix {
  let newest: Interval | null = null;
  for (const interval of intervals) {
    const end = interval.fixed ?? interval.lastAffected;
    if (end === null) return { state: 'none', version: null };
    const before = newest === null ? null : (newest.fixed ?? newest.lastAffected);
    const result = before === null ? null : scheme.order(end, before);
    if (result === null || ('order' in result && result.order > 0)) newest = interval;
  }
  const version = newest?.fixed ?? null;
  return version === null ? { state: 'unknown', version: null } : { state: 'fixed', version };
}
