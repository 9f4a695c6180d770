import { type Feed, FeedError } from '@thimble/advisories';
import type { FeedState } from '../store.ts';
import { FAULT_CHARACTERS, FAULTS_DOUBTFUL, FAULTS_KEPT } from './limits.ts';

/** What one synchronisation has brought so far. */
export interface Tally {
  advisories: number;
  facts: number;
  removed: number;
  faults: number;
  readonly faultsKept: FeedState['faults'][number][];
}

export function createTally(): Tally {
  return { advisories: 0, facts: 0, removed: 0, faults: 0, faultsKept: [] };
}

export function countFault(tally: Tally, record: string, reason: string): void {
  tally.faults += 1;
  if (tally.faultsKept.length < FAULTS_KEPT)
    tally.faultsKept.push({ record: record.slice(0, FAULT_CHARACTERS), reason: reason.slice(0, FAULT_CHARACTERS) });
}

/** @throws FeedError `too-large` beyond the feed's limit */
export function assertPlausible(feed: { readonly id: string; readonly limitRecords: number }, tally: Tally): void {
  const records = tally.advisories + tally.facts + tally.removed;
  if (records + tally.faults > feed.limitRecords)
    throw new FeedError('too-large', `${feed.id} brings more than the ${feed.limitRecords} records that it may`);
}

/** @throws FeedError `malformed` when most of the records can't be used */
export function assertUsable(feed: Pick<Feed, 'id' | 'mode'>, tally: Tally): void {
  const usable = tally.advisories + tally.facts + tally.removed;
  // What a delta brings may be one bad record; a whole of bad records would end all the good ones.
  const isLost = feed.mode === 'snapshot' && usable === 0 && tally.faults > 0;
  if (!isLost && (tally.faults < FAULTS_DOUBTFUL || tally.faults <= usable)) return;
  const [first] = tally.faultsKept;
  throw new FeedError(
    'malformed',
    `${tally.faults} records of ${feed.id} can't be used, only ${tally.advisories + tally.facts} can: its format has ` +
      `changed. The first: ${first?.record}: ${first?.reason}`,
  );
}
