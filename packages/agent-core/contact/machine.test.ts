import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOff, jittered, MAX_BACKOFF_MS } from './delays.ts';
import { step, wakeAtMs, type AgentEvent, type AgentState, type Effect } from './machine.ts';

const kinds = (effects: readonly Effect[]) => effects.map(({ kind }) => kind);

/** The state after a script of events, one second apart, and what the last one led to. */
function play(...events: readonly AgentEvent[]): { state: AgentState; effects: readonly Effect[]; nowMs: number } {
  let state: AgentState = { kind: 'unenrolled' };
  let effects: readonly Effect[] = [];
  let nowMs = 0;
  for (const event of events) {
    nowMs += 1000;
    ({ state, effects } = step(state, event, { nowMs, random: 0 }));
  }
  return { state, effects, nowMs };
}

const STARTED: AgentEvent = { kind: 'started', intervalMs: 60_000, ordersWait: false, undelivered: 0 };
const CHECKED_IN: AgentEvent = { kind: 'checked-in', intervalMs: 60_000, refreshDue: false };
const ORDER: AgentEvent = { kind: 'heard', news: true, ordersWait: true, undelivered: 0 };

describe('the agent', () => {
  test.each<[string, readonly AgentEvent[], readonly string[]]>([
    ['does nothing before it is enrolled', [{ kind: 'time-passed' }], []],
    ['checks in and listens at once when it starts', [STARTED], ['check-in', 'listen']],
    [
      'first takes up what was interrupted, and delivers what was not acknowledged',
      [{ kind: 'started', intervalMs: 60_000, ordersWait: true, undelivered: 2 }],
      ['work', 'deliver', 'check-in', 'listen'],
    ],
    ['refreshes its updates when they are old', [STARTED, { ...CHECKED_IN, refreshDue: true }], ['refresh']],
    ['works on an order and goes on listening', [STARTED, CHECKED_IN, ORDER], ['work', 'listen']],
    [
      'gives up a refresh for an order',
      [STARTED, { ...CHECKED_IN, refreshDue: true }, ORDER],
      ['abandon-refresh', 'listen'],
    ],
    [
      'delivers an outcome and reports what changed as soon as an order ends',
      [STARTED, CHECKED_IN, ORDER, { kind: 'work-ended', ordersWait: false, undelivered: 1 }],
      ['deliver', 'check-in'],
    ],
    [
      'takes the next order when one ends',
      [STARTED, CHECKED_IN, ORDER, { kind: 'work-ended', ordersWait: true, undelivered: 0 }],
      ['work', 'check-in'],
    ],
    [
      'leaves an order alone that waits for people, and reports nothing anew',
      [STARTED, CHECKED_IN, ORDER, { kind: 'work-put-off' }],
      [],
    ],
    ['ends when it is asked to', [STARTED, { kind: 'stop' }], ['end']],
    [
      'ends when the server has removed it',
      [STARTED, { kind: 'check-in-failed', failure: { removed: true, retryAfterMs: null } }],
      ['end'],
    ],
  ])('%s', (_rule, events, expected) => {
    expect(kinds(play(...events).effects)).toEqual(expected);
  });

  test('looks again soon at an order that waits for people, and at once when another one comes', () => {
    const { state, nowMs } = play(STARTED, CHECKED_IN, ORDER, { kind: 'work-put-off' });
    const lookAtMs = nowMs + 20_000;
    expect(wakeAtMs(state)).toBeLessThanOrEqual(lookAtMs);
    const before = step(state, { kind: 'time-passed' }, { nowMs: lookAtMs - 1, random: 0 });
    expect(kinds(before.effects)).not.toContain('work');
    const after = step(before.state, { kind: 'time-passed' }, { nowMs: lookAtMs, random: 0 });
    expect(kinds(after.effects)).toContain('work');
    expect(
      kinds(step(after.state, { kind: 'time-passed' }, { nowMs: lookAtMs + 60_000, random: 0 }).effects),
    ).not.toContain('work');
    expect(kinds(step(state, ORDER, { nowMs, random: 0 }).effects)).toContain('work');
  });

  test('does not report what is half done while an order is under way', () => {
    const { effects } = play({ ...STARTED, ordersWait: true } as AgentEvent);
    expect(effects).toContainEqual({ kind: 'check-in', collect: false });
  });

  test('does not ask again at once when a held request was not held', () => {
    const { state, effects, nowMs } = play(STARTED, {
      kind: 'heard',
      news: false,
      ordersWait: false,
      undelivered: 0,
    });
    expect(kinds(effects)).toEqual([]);
    expect(wakeAtMs(state)).toBeGreaterThan(nowMs);
  });

  test('listens again as soon as a check-in shows that the server is back', () => {
    const { effects } = play(
      STARTED,
      { kind: 'listen-failed', failure: { removed: false, retryAfterMs: 900_000 } },
      CHECKED_IN,
    );
    expect(kinds(effects)).toEqual(['listen']);
  });
});

describe('delays', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('between check-ins differ by a tenth at most', () => {
    fc.assert(
      fc.property(random, (chance) => {
        const delayMs = jittered(60_000, chance);
        expect(delayMs).toBeGreaterThanOrEqual(54_000);
        expect(delayMs).toBeLessThanOrEqual(66_000);
      }),
    );
  });

  test('after failures are never above five minutes, unless the server asks for more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), random, (failures, chance) => {
        expect(backOff(failures, null, chance)).toBeLessThanOrEqual(MAX_BACKOFF_MS);
        expect(backOff(failures, 600_000, chance)).toBeGreaterThanOrEqual(600_000);
      }),
    );
  });
});

const anyFailure = fc.record({ removed: fc.constant(false), retryAfterMs: fc.option(fc.nat(100_000)) });
const anyEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.constant<AgentEvent>({ kind: 'time-passed' }),
  fc.record({ kind: fc.constant('checked-in' as const), intervalMs: fc.integer(), refreshDue: fc.boolean() }),
  fc.record({ kind: fc.constant('check-in-failed' as const), failure: anyFailure }),
  fc.record({
    kind: fc.constant('heard' as const),
    news: fc.boolean(),
    ordersWait: fc.boolean(),
    undelivered: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('listen-failed' as const), failure: anyFailure }),
  fc.record({ kind: fc.constant('work-ended' as const), ordersWait: fc.boolean(), undelivered: fc.nat(3) }),
  fc.record({ kind: fc.constant('delivery-failed' as const), failure: anyFailure }),
);

test('whatever happens, no two orders are worked on at once, and the agent always wakes again', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      let state: AgentState = step({ kind: 'unenrolled' }, STARTED, { nowMs: 0, random: 0.5 }).state;
      let busy = false;
      let nowMs = 0;
      for (const event of events) {
        if (event.kind === 'work-ended' && !busy) continue;
        if (event.kind === 'work-ended') busy = false;
        nowMs += 500;
        const next = step(state, event, { nowMs, random: 0.5 });
        for (const effect of next.effects) {
          if (effect.kind !== 'work') continue;
          expect(busy).toBe(false);
          busy = true;
        }
        state = next.state;
        const waits = state.kind === 'enrolled' && (state.contact.kind === 'checking-in' || wakeAtMs(state) !== null);
        expect(waits).toBe(true);
      }
    }),
  );
});
