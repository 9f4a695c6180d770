import type { Interval } from '../../model/index.ts';
import { nextLine } from './release-lines.ts';

/** Which versions a publisher means. */
export type VersionRange =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'some';
      readonly intervals: readonly Interval[];
      readonly versions: readonly string[];
      /** Inside of the intervals, but excluded: an interval includes its start. */
      readonly except: readonly string[];
      /** Whether upper ends are repaired versions; those of `7.2 all versions` are not. */
      readonly endsWithRepair: boolean;
    }
  /** Words that leave open which versions are meant. */
  | { readonly kind: 'unreadable'; readonly text: string };

/** Longer texts are descriptions, not ranges. */
const LIMIT_CHARACTERS = 200;

const VERSION = String.raw`[vV]?\d[\w.()+~-]*(?: (?:IF|SP|HF|Update|Patch|Build|Rev)[ -]?\d+)?`;
const CONSTRAINT = new RegExp(String.raw`^(>=|<=|<|>|==?|≤|≥)? ?(${VERSION})$`, 'i');
const BETWEEN = new RegExp(String.raw`^(${VERSION}) ?(<=|<) ?(${VERSION})$`, 'i');
const THROUGH = new RegExp(String.raw`^(?:from )?(${VERSION}) (?:through|to|up to) (${VERSION})$`, 'i');
const BEFORE = new RegExp(
  String.raw`^(?:all )?(?:versions? )?(?:prior to|before|earlier than|below|older than) (${VERSION})$`,
  'i',
);
const UP_TO = new RegExp(
  String.raw`^(?:all )?(?:versions? )?up to(?: and including| including|, including)? (${VERSION})$`,
  'i',
);
const AND_PRIOR = new RegExp(
  String.raw`^(${VERSION}),? (?:and|or) (?:all )?(?:prior|earlier|below|older|previous|lower)(?: versions?| releases?)?$`,
  'i',
);
const AND_LATER = new RegExp(
  String.raw`^(${VERSION}),? (?:and|or) (?:above|later|newer|higher|after|greater)(?: versions?| releases?)?$`,
  'i',
);
const WHOLE_LINE = /^(\d+(?:\.\d+)*) (?:all versions|\(?all\)?)$/i;

/**
 * Reads what publishers write as a range: VERS (`vers:generic/>=1.0|<2.0`), bare comparisons (`< V5.3`, `0 < 9.8.12`), and
 * the few sentences that have only one meaning (`1.4 and prior`, `7.2 all versions`). Anything else is unreadable.
 *
 * `product` is left off where it stands before the version (`FortiOS/>=7.4.0`, `PAN-OS<11.0.2`).
 */
export function parseVersionRange(published: string, product: string): VersionRange {
  const unreadable = { kind: 'unreadable', text: published } as const;
  if (published.length > LIMIT_CHARACTERS) return unreadable;
  const text = withoutProduct(withoutScheme(published.replace(/\s+/g, ' ').trim()), product).replace(
    /^version:? (?=[vV]?\d)/i,
    '',
  );
  if (/^(\*|all|any|all versions?|any versions?|versions? all|all version\/s)$/i.test(text)) return { kind: 'all' };
  return sentence(text) ?? constraints(text) ?? unreadable;
}

function withoutScheme(text: string): string {
  const body = /^vers:[a-z0-9.+-]{1,40}\/(.*)$/i.exec(text)?.[1];
  return body === undefined
    ? text
    : body.replace(/%[0-7][0-9a-f]/gi, (code) => String.fromCodePoint(Number.parseInt(code.slice(1), 16)));
}

function withoutProduct(text: string, product: string): string {
  if (product === '' || !text.toLowerCase().startsWith(product.toLowerCase())) return text;
  return text.slice(product.length).replace(/^[ /]{1,3}/, '');
}

function sentence(text: string): VersionRange | null {
  const [, from = '', comparison, to = ''] = BETWEEN.exec(text) ?? [];
  if (comparison !== undefined) return some(comparison === '<' ? interval(from, to, null) : interval(from, null, to));
  const [, first, last = ''] = THROUGH.exec(text) ?? [];
  if (first !== undefined) return some(interval(first, null, last));
  const before = BEFORE.exec(text)?.[1];
  if (before !== undefined) return some(interval(null, before, null));
  const last1 = UP_TO.exec(text)?.[1] ?? AND_PRIOR.exec(text)?.[1];
  if (last1 !== undefined) return some(interval(null, null, last1));
  const later = AND_LATER.exec(text)?.[1];
  if (later !== undefined) return some(interval(later, null, null));
  const line = WHOLE_LINE.exec(text)?.[1];
  return line === undefined ? null : { ...some(interval(line, nextLine(line), null)), endsWithRepair: false };
}

function interval(introduced: string | null, fixed: string | null, lastAffected: string | null): Interval {
  return { introduced: introduced === '0' ? null : introduced, fixed, lastAffected };
}

function some(...intervals: readonly Interval[]): Extract<VersionRange, { kind: 'some' }> {
  return { kind: 'some', intervals, versions: [], except: [], endsWithRepair: true };
}

/** Comparisons as in VERS: a lower bound opens an interval, the next upper bound closes it, a bare version stands alone. */
function constraints(text: string): VersionRange | null {
  const parts = text.split(/ ?[|,] ?| (?=[<>])(?<![<>=≤≥] )/);
  const intervals: Interval[] = [];
  const versions: string[] = [];
  const except: string[] = [];
  let open: string | null = null;
  for (const part of parts) {
    const [, comparison, version] = CONSTRAINT.exec(part.trim()) ?? [];
    if (version === undefined) return null;
    switch (comparison) {
      case undefined:
      case '=':
      case '==':
        versions.push(version);
        break;
      case '>':
      case '>=':
      case '≥':
        if (open !== null) return null;
        open = version;
        if (comparison === '>') except.push(version);
        break;
      default:
        intervals.push(comparison === '<' ? interval(open, version, null) : interval(open, null, version));
        open = null;
    }
  }
  if (open !== null) intervals.push(interval(open, null, null));
  return { kind: 'some', intervals, versions, except, endsWithRepair: true };
}
