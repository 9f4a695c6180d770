import type { RolloutDetail, RolloutRing } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../api/rollout-actions.ts';
import { ringsFor } from './decision-words.ts';

const ring = (name: string, changes: Partial<RolloutRing>): RolloutRing => ({
  name,
  state: 'open',
  explanation: '',
  memberCount: 1,
  counts: { done: 0, busy: 0, failed: 0, waiting: 1, offline: 0, 'left-out': 0 },
  openedAt: '2026-03-02T00:00:00.000Z',
  predictedOpensAt: null,
  predictedEndsAt: null,
  predictedPassesAt: null,
  passedAt: null,
  skippedBy: null,
  soakSeconds: 0,
  approvals: { required: 0, by: [] },
  probes: [],
  slots: [],
  ...changes,
});

const PASSED = ring('canary', { state: 'passed', passedAt: '2026-03-03T00:00:00.000Z' });
const FAILED = ring('tenth', {
  state: 'gate',
  counts: { done: 3, busy: 0, failed: 2, waiting: 0, offline: 0, 'left-out': 0 },
  approvals: { required: 2, by: ['ada'] },
});
const WAITING = ring('others', { state: 'waiting', openedAt: null });

const rollout = (required: number, by: readonly string[]): RolloutDetail => ({
  summary: {
    id: '00000000-0000-4000-a000-000000000001',
    name: 'servers-weekly',
    policy: { id: '00000000-0000-4000-a000-000000000002', name: 'servers-weekly', version: 1 },
    state: 'running',
    explanation: '',
    content: null,
    runId: null,
    startedAt: '2026-03-02T00:00:00.000Z',
    startedBy: 'ada',
    endedAt: null,
    predictedEndsAt: null,
    memberCount: 3,
    counts: { done: 0, busy: 0, failed: 0, waiting: 3, offline: 0, 'left-out': 0 },
    rings: [],
    patchCount: 1,
    missCount: 0,
  },
  rings: [PASSED, FAILED, WAITING],
  actions: [],
  approvals: { required, from: null, by: [...by] },
  patches: [],
  misses: [],
  failedElsewhere: { holds: false, patches: [] },
  events: [],
  plan: null,
});

describe('a decision can be for', () => {
  test.each<[Decision, readonly string[]]>([
    ['skip-gate', ['tenth']],
    ['roll-back', ['canary', 'tenth']],
    ['block', ['tenth']],
    ['approve', ['tenth']],
    ['halt', []],
    ['cancel', []],
  ])('%s: the rings %j', (decision, names) => {
    expect(ringsFor(decision, rollout(0, [])).map(({ name }) => name)).toEqual(names);
  });

  test('the whole rollout first, while that lacks approvals', () => {
    expect(ringsFor('approve', rollout(2, ['ada']))).toEqual([]);
    expect(ringsFor('approve', rollout(2, ['ada', 'bob']))).toHaveLength(1);
  });
});
