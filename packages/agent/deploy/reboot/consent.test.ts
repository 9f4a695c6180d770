import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { consent, isToldAgain, WARNING_MS, type Answer, type Person } from './consent.ts';

const HOUR_MS = 3_600_000;
const ANNA: Person = { name: 'anna', id: 1000 };
const BEN: Person = { name: 'ben', id: 1001 };
const UNKNOWN: Person = { name: 'x', id: null };
const DEADLINE_MS = 72 * HOUR_MS;
const now = (by: number): Answer => ({ by, atMs: 1, deferMs: 'now' });
const defer = (by: number, hours: number): Answer => ({ by, atMs: HOUR_MS, deferMs: hours * HOUR_MS });

function ask(people: readonly Person[] | null, answers: readonly Answer[] = [], nowMs = HOUR_MS) {
  return consent({ nowMs, deadlineMs: DEADLINE_MS, people, answers });
}

describe('whether a machine may reboot', () => {
  test.each<readonly [string, ReturnType<typeof ask>, string]>([
    ['nobody is signed in: at once', ask([]), 'reboot'],
    ['who is signed in is not known: somebody may be', ask(null), 'wait'],
    ['somebody is, and says nothing', ask([ANNA]), 'wait'],
    ['somebody says now', ask([ANNA], [now(1000)]), 'reboot'],
    ['one of two says now', ask([ANNA, BEN], [now(1000)]), 'wait'],
    ['both say now', ask([ANNA, BEN], [now(1000), now(1001)]), 'reboot'],
    ['one says now, the other one not yet', ask([ANNA, BEN], [now(1000), defer(1001, 2)]), 'wait'],
    ['root says now', ask([ANNA, BEN], [defer(1000, 2), now(0)]), 'reboot'],
    ['root says now where nobody knows who is signed in', ask(null, [now(0)]), 'reboot'],
    ['somebody who is not signed in says now', ask([ANNA], [now(1001)]), 'wait'],
    ['somebody whose number is not known can not agree', ask([UNKNOWN], [now(1000)]), 'wait'],
    ['the time is over', ask([ANNA], [], DEADLINE_MS - WARNING_MS), 'warn'],
    ['the time is over, whoever defers it', ask([ANNA], [defer(1000, 900)], DEADLINE_MS), 'warn'],
    ['the time is over where nobody knows who is signed in', ask(null, [], DEADLINE_MS), 'warn'],
  ])('%s', (_, said, kind) => {
    expect(said.kind).toBe(kind);
  });

  test('the latest deferral counts, of those who are signed in', () => {
    const answers = [defer(1000, 2), defer(1001, 5), defer(1002, 9)];
    expect(ask([ANNA, BEN], answers)).toEqual({ kind: 'wait', deferredUntilMs: 6 * HOUR_MS });
  });

  test('whatever anybody answers, it does not wait beyond its deadline, nor reboots without a reason before', () => {
    const answer = fc.record({
      by: fc.constantFrom(0, 1000, 1001, 1002),
      atMs: fc.integer({ min: 0, max: DEADLINE_MS }),
      deferMs: fc.oneof(fc.constant('now' as const), fc.integer({ min: 0, max: 10 * DEADLINE_MS })),
    });
    fc.assert(
      fc.property(
        fc.array(answer, { maxLength: 6 }),
        fc.integer({ min: 0, max: 2 * DEADLINE_MS }),
        (answers, nowMs) => {
          const { kind } = ask([ANNA, BEN], answers, nowMs);
          if (nowMs >= DEADLINE_MS - WARNING_MS) expect(kind).not.toBe('wait');
          else expect(kind).not.toBe('warn');
          if (kind === 'reboot') expect(answers.some(({ deferMs }) => deferMs === 'now')).toBe(true);
        },
      ),
    );
  });
});

test.each<readonly [string, number, number, number | null, boolean]>([
  ['a minute later', 60_000, 0, null, false],
  ['hours later', 5 * HOUR_MS, 0, null, true],
  ['hours later, while it is deferred', 5 * HOUR_MS, 0, 6 * HOUR_MS, false],
  ['when a deferral ends', 2 * HOUR_MS, HOUR_MS, 2 * HOUR_MS, true],
  ['soon after that', 2 * HOUR_MS + 60_000, 2 * HOUR_MS, 2 * HOUR_MS, false],
])('people are told again, or not: %s', (_, nowMs, toldAtMs, deferredUntilMs, expected) => {
  expect(isToldAgain(nowMs, toldAtMs, deferredUntilMs)).toBe(expected);
});
