import { expect, test } from 'vitest';
import { asPlanned, fetchedAhead, fetchingAhead, newRun, planned } from '../testing/fake-runs.ts';
import { fakeFleet } from '../testing/fixtures/endpoints.ts';
import { countFetchedAhead, isFetchingAhead } from './count-fetched-ahead.ts';
import { liveTarget } from './live-target.ts';

const NOW = Date.parse('2026-05-03T12:00:00.000Z');
const fleet = fakeFleet(3, NOW);
const request = { endpoints: 'all' as const, selection: { kind: 'security' as const } };
const content = { snapshotId: '00000000-0000-4000-a000-000000000001', snapshotName: '2026-05-01' };
const run = asPlanned(newRun(fleet, request, content, NOW), planned(fleet, request, NOW));

test('what is fetched, what is under way and what was not asked are told apart', () => {
  const group = run.groups[0];
  const bytes = group?.transaction.downloadBytes ?? 0;
  const targets = run.targets.map((target, index) =>
    index === 0 ? fetchedAhead(target, group, NOW) : index === 1 ? fetchingAhead(target) : target,
  );
  expect(countFetchedAhead(targets)).toEqual({
    done: 1,
    underWay: 1,
    fetchedBytes: bytes,
    fromRelayBytes: Math.round(bytes * 0.9),
  });
});

test('progress that comes live shows on an endpoint that waits for approval', () => {
  const [target] = run.targets;
  if (target === undefined) throw new Error('the run has no target');
  const progress = {
    orderId: content.snapshotId,
    sequence: 2,
    at: new Date(NOW).toISOString(),
    stage: 'downloading' as const,
    percent: 77,
    message: 'libssl3',
  };
  expect(isFetchingAhead(target)).toBe(false);
  const live = liveTarget(target, { progress, receivedAtMs: NOW + 1 }, NOW);
  expect(live).toMatchObject({ state: 'planned', stage: 'downloading', percent: 77, message: 'libssl3' });
  expect(isFetchingAhead(live)).toBe(true);
});
