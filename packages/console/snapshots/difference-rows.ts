import type { PackageDifference, SnapshotDifference } from '@thimble/protocol';
import { toCsv } from '../format/csv.ts';

export type Closed = SnapshotDifference['closes'][number];

/** Each closed vulnerability with its place in the order of urgency, 0 first. */
export function mostUrgentFirst(closes: readonly Closed[]): ReadonlyMap<string, number> {
  return new Map(closes.map(({ id }, index) => [id, index]));
}

/**
 * For sorting: what closes the most urgent one comes first; what closes none that is open in the fleet comes after, by
 * how many it closes anywhere.
 */
export function urgencyOf({ closes }: PackageDifference, order: ReadonlyMap<string, number>): number {
  const best = Math.min(...closes.map((id) => order.get(id) ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(best) ? best : order.size + 1 / (1 + closes.length);
}

export function differenceToCsv(items: readonly PackageDifference[]): string {
  return toCsv(
    ['package', 'architecture', 'from', 'to', 'closes', 'endpoints', 'bytes', 'repository', 'blocked'],
    items.map((one) => [
      one.name,
      one.architecture,
      one.from,
      one.to,
      one.closes.join(' '),
      one.endpointCount,
      one.downloadBytes,
      one.repositoryName,
      one.blocked,
    ]),
  );
}
