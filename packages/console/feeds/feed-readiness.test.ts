import type { FeedSummary } from '@thimble/protocol';
import { expect, test } from 'vitest';
import { fakeFeeds } from '../testing/assess/feeds.ts';
import { readinessOf } from './feed-readiness.ts';

const [template] = fakeFeeds(Date.parse('2026-03-01T00:00:00.000Z'), 10);
const feed = (given: Partial<FeedSummary>): FeedSummary => {
  if (template === undefined) throw new Error('the fake has feeds');
  return { ...template, running: null, faultCount: 0, ...given };
};
const RUNNING = { startedAt: '2026-03-01T00:00:00.000Z', records: 7, message: '' };

test('when nothing was ever synchronised, it says so, and does not look like a fleet without vulnerabilities', () => {
  expect(readinessOf([feed({ syncedAt: null, health: 'never' })])).toEqual({ kind: 'never', needed: 1 });
});

test('the first synchronisation is told with how far it is', () => {
  const done = feed({});
  const first = feed({ syncedAt: null, health: 'never', running: RUNNING });
  expect(readinessOf([done, first])).toEqual({ kind: 'first-sync', done: 1, needed: 2, records: 7 });
});

test('a later synchronisation of a fresh feed is no matter', () => {
  expect(readinessOf([feed({ running: RUNNING })])).toEqual({ kind: 'ready' });
});

test.each(['stale', 'failing', 'never', 'off'] as const)('a needed feed that is %s is told', (health) => {
  const behind = feed({ health });
  expect(readinessOf([feed({}), behind])).toEqual({ kind: 'behind', feeds: [behind] });
});

test('feeds that nobody needs do not count', () => {
  expect(readinessOf([feed({ neededFor: [], health: 'stale' })])).toEqual({ kind: 'nothing-needed' });
});
