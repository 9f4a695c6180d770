import { describe, expect, test } from 'vitest';
import { advanceTarget } from './index.ts';
import { APPROVED, DIGEST, NOW, order, PLAN, target } from './test-facts.ts';

const quarantined = 'odd traffic';
const next = (...facts: Parameters<typeof target>) => advanceTarget(target(...facts), APPROVED, NOW);

describe('in quarantine', () => {
  test('nothing begins, and the report says why', () => {
    const { actions, report } = next([PLAN], { approvedDigest: DIGEST, quarantined });
    expect(actions).toEqual([]);
    expect(report.explanation).toMatch(/^in quarantine: odd traffic; /);
    expect(next([], { quarantined }).actions).toEqual([]);
    expect(next([PLAN], { request: 'retry', quarantined }).actions).toEqual([]);
  });

  test.each<[string, Parameters<typeof order>[2], readonly string[]]>([
    ['fetched', {}, ['stop-order']],
    ['not fetched', { deliveredAtMs: null }, ['stop-order']],
    ['asked to stop already', { cancelRequestedAtMs: NOW }, []],
    ['past its point of no return', { progress: { stage: 'installing', percent: null, message: '' } }, []],
  ])('an order that is %s', (_, facts, kinds) => {
    const { actions } = next([PLAN, order('apply', 2, facts)], { approvedDigest: DIGEST, quarantined });
    expect(actions.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('after it, what was approved goes on', () => {
    expect(next([PLAN], { approvedDigest: DIGEST, quarantined: null }).actions).toMatchObject([
      { kind: 'issue-apply-order' },
    ]);
  });
});
