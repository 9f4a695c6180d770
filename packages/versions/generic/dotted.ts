import { compareNumberLists, differInWrittenNumbers } from '../number-lists.ts';
import { compareQualifiers, parseQualifier, type Qualifier } from './qualifier.ts';

/** `7.4.1`, `1.0.2k`, `9.1.14-h1`, `12.1-55.302`, `2.0-rc1`: numbers with dots and at most one addition. */
export interface DottedVersion {
  readonly form: 'dotted';
  readonly head: readonly string[];
  readonly qualifier: Qualifier;
}

const HEAD = /^v?([0-9]+(?:\.[0-9]+)*)/;
/** A first number of so many digits is a date or a count of commits, never a major version. */
const DATE_DIGITS = 6;

export function parseDottedVersion(text: string): DottedVersion | null {
  const match = HEAD.exec(text);
  if (match === null) return null;
  const qualifier = parseQualifier(text.slice(match[0].length));
  return qualifier === null ? null : { form: 'dotted', head: (match[1] ?? '').split('.'), qualifier };
}

/** A number that is not written is 0. */
export function compareDottedVersions(a: DottedVersion, b: DottedVersion): -1 | 0 | 1 | null {
  if (isDate(a) !== isDate(b)) return null;
  const heads = compareNumberLists(a.head, b.head);
  if (heads === 0) return compareQualifiers(a.qualifier, b.qualifier);
  if (differInWrittenNumbers(a.head, b.head)) return heads;
  // 12.1-55.302 against 12.1.56: the addition may be what the other writes as a number.
  const shorter = a.head.length < b.head.length ? a : b;
  return shorter.qualifier.kind === 'none' || shorter.qualifier.kind === 'before' ? heads : null;
}

function isDate({ head }: DottedVersion): boolean {
  return (head[0] ?? '').replace(/^0+/, '').length >= DATE_DIGITS;
}
