import { describe, expect, test } from 'vitest';
import type { Gate, Ring } from '../policy/policy.ts';
import type { RingFacts } from './facts.ts';
import { gateWait } from './gate.ts';
import { RULES } from './rules.ts';
import { NOBODY, type RingTally } from './tally.ts';
import { HOUR, MINUTE, NOON, RING, UNOPENED } from './testing/facts.ts';
import type { GateWait } from './wait.ts';

interface Question {
  readonly gate?: Partial<Gate>;
  readonly soakMs?: number;
  readonly facts?: Partial<RingFacts>;
  readonly tally?: Partial<Omit<RingTally, 'counts'>>;
  readonly counts?: Partial<RingTally['counts']>;
  readonly last?: boolean;
  readonly from?: readonly string[];
}

const WELL: Question = { tally: { counted: 4, patched: 4, lastTouchedMs: NOON - HOUR }, counts: { done: 4 } };
const PROBE = { name: 'errors', query: 'up', atMost: 1, atLeast: 0 };
const answer = (value: number | null, ageMs = MINUTE): Partial<RingFacts> => ({
  probes: [{ name: 'errors', value, atMs: NOON - ageMs, message: '' }],
});

function ask(question: Question): GateWait | null {
  const { gate = {}, soakMs = 0, facts = {}, tally = {}, counts = {}, last = false, from = null } = question;
  const ring: Ring = { ...RING, soakMs, gate: { ...RING.gate, ...gate } };
  return gateWait({
    ring,
    facts: { ...UNOPENED, openedAtMs: NOON - 2 * HOUR, ...facts },
    tally: { ...NOBODY, ...tally, counts: { ...NOBODY.counts, ...counts } },
    last,
    approvers: from,
    nowMs: NOON,
    rules: RULES,
  });
}

describe('a gate', () => {
  test.each<[string, Question, GateWait['kind'] | null]>([
    ['passes when all is well', WELL, null],
    ['waits for who is busy', { ...WELL, counts: { done: 3, busy: 1 } }, 'patching'],
    ['waits for who is not through', { ...WELL, counts: { done: 3, waiting: 1 } }, 'patching'],
    ['does not wait for who is off', { ...WELL, counts: { done: 4, offline: 3 } }, null],
    ['waits for the soak from the last change', { ...WELL, soakMs: HOUR + 1 }, 'soak'],
    ['passes in the moment the soak is over', { ...WELL, soakMs: HOUR }, null],
    ['does not bear one failure more than it may', { ...WELL, counts: { done: 3, failed: 1 } }, 'failures'],
    ['says failures before all are through', { ...WELL, counts: { waiting: 9, failed: 1 } }, 'failures'],
    [
      'bears as many failures as it may, if enough succeeded',
      {
        ...WELL,
        tally: { ...WELL.tally, patched: 3 },
        counts: { done: 3, failed: 1 },
        gate: { failuresAtMost: { kind: 'count', count: 1 }, successAtLeastPercent: 75 },
      },
      null,
    ],
    [
      'wants its share of successes, in which nothing to do is none',
      {
        ...WELL,
        tally: { ...WELL.tally, patched: 2 },
        counts: { done: 90, failed: 1 },
        gate: { failuresAtMost: { kind: 'count', count: 1 }, successAtLeastPercent: 75 },
      },
      'success-rate',
    ],
    ['proves nothing with too few', { ...WELL, tally: { ...WELL.tally, patched: 0 } }, 'too-few'],
    ['asks the last ring for no number', { ...WELL, tally: { ...WELL.tally, patched: 0 }, last: true }, null],
    ['a probe that was not asked has failed', { ...WELL, gate: { probes: [PROBE] } }, 'probe'],
    ['a probe without a value has failed', { ...WELL, gate: { probes: [PROBE] }, facts: answer(null) }, 'probe'],
    [
      'a probe that is not a number has failed',
      { ...WELL, gate: { probes: [PROBE] }, facts: answer(Number.NaN) },
      'probe',
    ],
    ['a probe that is old has failed', { ...WELL, gate: { probes: [PROBE] }, facts: answer(0.5, HOUR) }, 'probe'],
    ['a probe that is too high has failed', { ...WELL, gate: { probes: [PROBE] }, facts: answer(1.1) }, 'probe'],
    ['a probe that is too low has failed', { ...WELL, gate: { probes: [PROBE] }, facts: answer(-1) }, 'probe'],
    ['a probe within its bounds passes', { ...WELL, gate: { probes: [PROBE] }, facts: answer(1) }, null],
    ['nobody approves twice', { ...WELL, gate: { approvals: 2 }, facts: { approvedBy: ['anna', 'anna'] } }, 'approval'],
    [
      'nobody approves who may not',
      { ...WELL, gate: { approvals: 1 }, facts: { approvedBy: ['mallory'] }, from: ['anna'] },
      'approval',
    ],
    ['enough people approve', { ...WELL, gate: { approvals: 2 }, facts: { approvedBy: ['anna', 'ben'] } }, null],
    ['is skipped by hand whatever failed', { counts: { failed: 9, waiting: 9 }, facts: { skippedBy: 'anna' } }, null],
  ])('%s', (_, question, kind) => {
    expect(ask(question)?.kind ?? null).toBe(kind);
  });
});
