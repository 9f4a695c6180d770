import type { RunTarget } from '@thimble/protocol';

/** How far fetching ahead has come on the endpoints of a run. */
export interface FetchedAheadCount {
  /** Of endpoints that have all that was planned for them. */
  readonly done: number;
  readonly underWay: number;
  readonly fetchedBytes: number;
  readonly fromRelayBytes: number;
}

/** While an endpoint waits for approval, an order that is under way can only be one to fetch ahead. */
export function isFetchingAhead({ state, stage }: Pick<RunTarget, 'state' | 'stage'>): boolean {
  return state === 'planned' && stage !== null;
}

export function countFetchedAhead(targets: readonly RunTarget[]): FetchedAheadCount {
  const results = targets.flatMap(({ outcome }) => (outcome?.result.kind === 'pre-staged' ? [outcome.result] : []));
  return {
    done: results.length,
    underWay: targets.filter(isFetchingAhead).length,
    fetchedBytes: results.reduce((sum, one) => sum + one.fetchedBytes, 0),
    fromRelayBytes: results.reduce((sum, one) => sum + one.fromRelayBytes, 0),
  };
}
