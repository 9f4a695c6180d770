import type { JournalState, TrustState } from '@thimble/agent-core';

/** Orders and news that were not accepted since enrolment, by why. A forged order and a genuine one may be malformed alike. */
export function refusalCounts(
  journal: Partial<Pick<JournalState, 'rejected' | 'refused'>> | null,
  { refusedNews }: Pick<TrustState, 'refusedNews'>,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const each of [journal?.refused ?? {}, journal?.rejected ?? {}, refusedNews])
    for (const [code, count] of Object.entries(each)) counts[code] = (counts[code] ?? 0) + count;
  return counts;
}
