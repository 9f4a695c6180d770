import type { Interval } from '../../model/index.ts';

/** Numbers that make a release line: 10.2 of 10.2.5. */
const LINE = /^[vV]?(\d{1,9})\.(\d{1,9})(?=[.\-_ (a-z]|$)/;

/** An interval, and whether its end is a repair: that of `7.2 all versions` is only where the line ends. */
export interface StatedInterval {
  readonly interval: Interval;
  readonly endsWithRepair: boolean;
}

/**
 * Publishers state their ranges per release line without saying so. Where a product has several:
 *
 * - upper ends alone (`<10.1.14-h11`, `<10.2.5`, `<11.0.2`): 10.2.5 has the fix though it is before 11.0.2, so each range
 *   starts after the line of the range below it;
 * - lower ends alone (`7.0.6 and above`) beside statements about later lines: the range ends with its line.
 *
 * `mentioned` are all versions that the document names for the product. What does not look like this stays as it is.
 */
export function releaseLines(
  stated: readonly StatedInterval[],
  mentioned: readonly string[],
): readonly StatedInterval[] {
  const lines = mentioned.flatMap((version) => lineOf(version) ?? []);
  return startingAfterTheLineBelow(stated).map((one) => {
    const { introduced, fixed, lastAffected } = one.interval;
    const line = introduced !== null && fixed === null && lastAffected === null ? lineOf(introduced) : null;
    if (line === null || !lines.some((other) => compare(other, line) > 0)) return one;
    return { interval: { ...one.interval, fixed: nextLine(line.text) }, endsWithRepair: false };
  });
}

function startingAfterTheLineBelow(stated: readonly StatedInterval[]): readonly StatedInterval[] {
  if (stated.length < 2 || stated.some(({ interval }) => interval.introduced !== null)) return stated;
  const known = stated.flatMap((one) => {
    const line = lineOf(one.interval.fixed ?? one.interval.lastAffected ?? '');
    return line === null ? [] : [{ one, line }];
  });
  const sorted = known.toSorted((a, b) => compare(a.line, b.line));
  const distinct = new Set(sorted.map(({ line }) => line.text)).size === sorted.length;
  if (known.length < stated.length || !distinct) return stated;
  return sorted.map(({ one }, index) => {
    const below = sorted[index - 1];
    if (below === undefined) return one;
    return { ...one, interval: { ...one.interval, introduced: nextLine(below.line.text) } };
  });
}

/** Whether two versions are of one release line; false also when one of them has none. */
export function sameLine(a: string, b: string): boolean {
  const line = lineOf(a);
  return line !== null && line.text === lineOf(b)?.text;
}

/** The release line after this one: 7.2 → 7.3, V11.0 → V11.1. */
export function nextLine(line: string): string {
  const parts = /^(.*?)(\d+)$/.exec(line);
  return parts === null ? line : `${parts[1] ?? ''}${BigInt(parts[2] ?? '0') + 1n}`;
}

interface Line {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

function lineOf(version: string): Line | null {
  const [, major, minor] = LINE.exec(version) ?? [];
  return major === undefined || minor === undefined
    ? null
    : { text: `${major}.${minor}`, major: Number(major), minor: Number(minor) };
}

function compare(a: Line, b: Line): number {
  return a.major - b.major || a.minor - b.minor;
}
