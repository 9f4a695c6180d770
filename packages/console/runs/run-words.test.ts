import { expect, test } from 'vitest';
import { fakeGroup } from '../testing/fixtures/transactions.ts';
import { CATALOGUE } from '../testing/fixtures/catalogue.ts';
import { approvalOf } from './approval.ts';
import { countActions } from './count-actions.ts';
import { liveTarget } from './live-target.ts';
import { selectionWords } from './selection-words.ts';

test('an approval counts each change on each endpoint and names every digest', () => {
  const large = fakeGroup(['a', 'b'], CATALOGUE.slice(0, 5), 0);
  const small = fakeGroup(['c'], CATALOGUE.slice(7, 9), 0);
  expect(approvalOf([large, small])).toEqual({
    digests: [large.transactionDigest, small.transactionDigest],
    endpointCount: 3,
    changeCount: 12,
  });
});

test('actions are counted in words', () => {
  const actions = (['upgrade', 'upgrade', 'remove', 'install'] as const).map((action) => ({ action }));
  expect(countActions(actions)).toBe('2 upgraded, 1 new, 1 removed');
  expect(countActions([])).toBe('no changes');
});

test('a selection of one package is called by its name', () => {
  expect(selectionWords({ kind: 'packages', packages: [{ name: 'curl' }] })).toBe('curl');
  expect(selectionWords({ kind: 'packages', packages: [{ name: 'curl' }, { name: 'git' }] })).toBe('2 packages');
});

const working = {
  endpointId: 'x',
  hostname: 'web',
  state: 'working' as const,
  explanation: '',
  transactionDigest: null,
  stage: 'accepted' as const,
  percent: null,
  message: '',
  actions: [],
  outcome: null,
};
const received = {
  progress: {
    orderId: 'o',
    sequence: 3,
    at: '2026-05-03T12:00:00.000Z',
    stage: 'installing' as const,
    percent: 40,
    message: 'curl',
  },
  receivedAtMs: 100,
};

test('live progress shows the way while an order is under way', () => {
  expect(liveTarget(working, received, 50)).toMatchObject({ stage: 'installing', percent: 40, message: 'curl' });
});

test('progress that is older than the fetched run does not', () => {
  expect(liveTarget(working, received, 150)).toBe(working);
});

test('progress never changes what has ended', () => {
  const done = { ...working, state: 'effective' as const };
  expect(liveTarget(done, received, 50)).toBe(done);
});
