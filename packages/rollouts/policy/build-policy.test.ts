import { describe, expect, it } from 'vitest';
import { policyWith } from './testing/document.ts';

const HOUR_MS = 3_600_000;

describe('a policy', () => {
  it('that says nothing has careful defaults', () => {
    expect(policyWith()).toEqual({
      name: 'weekly',
      description: '',
      enabled: true,
      priority: 100,
      clients: 'none',
      scope: {},
      exclude: null,
      select: {},
      always: null,
      deadlines: {
        kev: null,
        actMs: null,
        attendMs: null,
        criticalMs: null,
        highMs: null,
        mediumMs: null,
        lowMs: null,
        otherMs: null,
      },
      content: { kind: 'new-snapshot', repositories: null },
      start: { every: null, urgent: null },
      rings: [
        {
          name: 'all',
          members: { kind: 'rest' },
          soakMs: 0,
          gate: {
            successAtLeastPercent: 100,
            failuresAtMost: { kind: 'count', count: 0 },
            patchedAtLeast: 1,
            probes: [],
            approvals: 0,
          },
          trial: {
            mode: 'each',
            first: 1,
            whenImpossible: 'continue',
            checks: [],
            deadlineMs: HOUR_MS / 2,
            diskBytes: 4096 * 1024 * 1024,
            memoryBytes: 1024 * 1024 * 1024,
          },
          windows: [],
          atOnce: { kind: 'percent', percent: 10 },
        },
      ],
      windows: [],
      blackouts: [],
      atOnce: { kind: 'percent', percent: 10 },
      budgets: [],
      approvals: { required: 0, from: null },
      deploy: {
        preStageMs: 12 * HOUR_MS,
        before: [],
        after: [],
        fileSystemSnapshot: 'where-possible',
        restartServices: true,
        reboot: { when: 'if-needed', consent: 'none', deferForMs: 72 * HOUR_MS, staggerMs: 0 },
        checks: [],
        expectedDurationMs: null,
      },
      onFailure: { rollBack: 'endpoint', block: false },
    });
  });

  it('has rings that replace single rules of its gate and trial, and its number at once', () => {
    const { rings } = policyWith({
      gate: { successAtLeast: '95%', failuresAtMost: '5%', approvals: 1 },
      trial: { mode: 'first', first: 3 },
      atOnce: 7,
      rings: [
        { name: 'a', members: { count: 3 }, soak: '1d', gate: { failuresAtMost: 0 }, trial: { first: 1 }, atOnce: 1 },
        { name: 'b', members: 'rest' },
      ],
    });
    expect(rings).toMatchObject([
      {
        soakMs: 24 * HOUR_MS,
        gate: { successAtLeastPercent: 95, failuresAtMost: { kind: 'count', count: 0 }, approvals: 1 },
        trial: { mode: 'first', first: 1 },
        atOnce: { kind: 'count', count: 1 },
      },
      {
        gate: { successAtLeastPercent: 95, failuresAtMost: { kind: 'percent', percent: 5 }, approvals: 1 },
        trial: { mode: 'first', first: 3 },
        atOnce: { kind: 'count', count: 7 },
      },
    ]);
  });

  it('has windows that rings name, or all of them', () => {
    const { rings, windows } = policyWith({
      windows: [
        { name: 'night', on: 'every day', at: '22:00', lasts: '6h' },
        { name: 'weekend', rrule: 'FREQ=WEEKLY;BYDAY=SA', lasts: '1d' },
      ],
      rings: [
        { name: 'a', members: { count: 1 }, soak: '1h', windows: ['weekend'] },
        { name: 'b', members: 'rest' },
      ],
    });
    expect(windows.map(({ name, rrule }) => [name, rrule])).toEqual([
      ['night', 'FREQ=DAILY'],
      ['weekend', 'FREQ=WEEKLY;BYDAY=SA'],
    ]);
    expect(rings.map((ring) => ring.windows)).toEqual([[1], [0, 1]]);
  });

  it.each([
    [
      { snapshot: 'new' as const, repositories: ['debian'] },
      { kind: 'new-snapshot', repositories: ['debian'] },
    ],
    [{ snapshot: 'newest' as const }, { kind: 'newest-snapshot' }],
    [{ channel: 'stable' }, { kind: 'channel', channel: 'stable' }],
    ['endpoint' as const, { kind: 'endpoint' }],
  ])('takes content from %j', (content, expected) => {
    expect(policyWith({ content }).content).toEqual(expected);
  });

  it('has budgets by group and label', () => {
    const budgets = [
      { per: 'site', atMost: '25%' },
      { per: 'label:app/cluster', atMost: 1 },
    ];
    expect(policyWith({ budgets }).budgets).toEqual([
      { per: { kind: 'site' }, atMost: { kind: 'percent', percent: 25 } },
      { per: { kind: 'label', key: 'app/cluster' }, atMost: { kind: 'count', count: 1 } },
    ]);
  });

  it('starts by a calendar, by what is urgent, or both', () => {
    expect(policyWith({ start: { on: 'second Tuesday', at: '20:00', urgent: { kev: true } } }).start).toMatchObject({
      every: { words: 'second Tuesday', at: '20:00', durationMs: 0 },
      urgent: { kev: true },
    });
    expect(policyWith({ start: { urgent: { kev: true } } }).start).toEqual({ every: null, urgent: { kev: true } });
  });
});
