import type { Span } from '../spans.ts';
import { plainReading } from './comparators.ts';

/** Gem::Requirement: `~> 1.2.3` is at least that and below 1.3, pre-releases of 1.3 excluded. */
export function readGemComparator(comparator: string, version: string): readonly Span[] | null {
  if (comparator !== '~>') return comparator === '==' ? null : plainReading(comparator, version);
  return [{ low: { version, inclusive: true }, high: { version: `${bumped(version)}.A`, inclusive: false } }];
}

/** Gem::Version#bump: without the pre-release and the last number, the one before it raised. */
function bumped(version: string): string {
  const [numbers = ''] = version.split('-');
  const segments = numbers.match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const firstWord = segments.findIndex((segment) => /^[A-Za-z]/.test(segment));
  const kept = firstWord === -1 ? segments : segments.slice(0, firstWord);
  const bases = kept.length > 1 ? kept.slice(0, -1) : kept;
  return bases.map((segment, index) => (index === bases.length - 1 ? String(BigInt(segment) + 1n) : segment)).join('.');
}
