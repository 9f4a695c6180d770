import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { AgentMember, AgentRules, AgentVersionFacts } from './facts.ts';
import { AGENT_WAVES, isReached, reachOf } from './reach.ts';
import { stepAgentVersion } from './step.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 5, 1);
const rules: AgentRules = { canaryPercent: 5, soakMs: 24 * HOUR_MS, silentMs: 15 * MINUTE_MS };

const ago = fc.integer({ min: 0, max: 72 * HOUR_MS }).map((ms) => NOW_MS - ms);
const member: fc.Arbitrary<AgentMember> = fc.record({
  endpointId: fc.uuid(),
  hostname: fc.constantFrom('web-1', 'web-2', 'db-1'),
  isCanary: fc.boolean(),
  enrolledAtMs: ago,
  lastSeenAtMs: fc.oneof(fc.constant(NOW_MS), ago),
  runs: fc.constantFrom('older', 'this'),
  runsSinceMs: ago,
  toldAtMs: fc.option(ago),
  returned: fc.option(fc.record({ atMs: ago, reason: fc.constant('it did not check in') }), { freq: 8 }),
});
const facts: fc.Arbitrary<AgentVersionFacts> = fc.record({
  wave: fc.integer({ min: 0, max: AGENT_WAVES.length - 1 }),
  waveSinceMs: ago,
  judgedSinceMs: ago,
  rules: fc.constant(rules),
  members: fc.uniqueArray(member, { maxLength: 60, selector: ({ endpointId }) => endpointId }),
});
const goesOn = (kind: string): boolean => kind === 'advance' || kind === 'finish';

test('it goes on only where nearly all who were told are heard, run the version and have done so for long enough', () => {
  fc.assert(
    fc.property(facts, (given) => {
      const step = stepAgentVersion(given, NOW_MS);
      if (!goesOn(step.kind)) return;
      const { proven, soaking, taking, lost } = step.counts;
      expect(proven).toBeGreaterThan(0);
      const judged = proven + soaking + taking + lost;
      for (const missing of [soaking, taking, lost]) expect(missing).toBeLessThanOrEqual(judged / 20);
    }),
    { numRuns: 500 },
  );
});

test('one that went back stops it, whatever the others do', () => {
  fc.assert(
    fc.property(facts, member, (given, unlucky) => {
      const returned = { atMs: given.judgedSinceMs, reason: 'it did not check in' };
      const members = [...given.members, { ...unlucky, runs: 'older' as const, returned }];
      expect(stepAgentVersion({ ...given, members }, NOW_MS).kind).toBe('halt');
    }),
    { numRuns: 200 },
  );
});

test('whoever was told in a wave is told in the next, and somebody is always first', () => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 100 }), ({ members }, canaryPercent) => {
      const reached = AGENT_WAVES.map((_, wave) => {
        const reach = reachOf(members, wave, { ...rules, canaryPercent });
        return new Set(members.filter(({ endpointId }) => isReached(reach, endpointId)));
      });
      if (members.length > 0) expect(reached[0]?.size).toBeGreaterThan(0);
      reached.reduce((before, after) => {
        for (const one of before) expect(after.has(one)).toBe(true);
        return after;
      });
      expect(reached.at(-1)?.size).toBe(members.length);
    }),
    { numRuns: 200 },
  );
});

/** A fleet that checks in each minute and does what it is told. */
function live(count: number, takes: (member: AgentMember) => Partial<AgentMember>) {
  let fleet: AgentMember[] = Array.from({ length: count }, (_, index) => ({
    endpointId: `endpoint ${index}`,
    hostname: `host ${index}`,
    isCanary: false,
    enrolledAtMs: 0,
    lastSeenAtMs: 0,
    runs: 'older',
    runsSinceMs: 0,
    toldAtMs: null,
    returned: null,
  }));
  let [wave, waveSinceMs, touched] = [0, 0, 0];
  for (let hour = 0; hour < 200; hour += 1) {
    const nowMs = hour * HOUR_MS;
    fleet = fleet.map((one) => (one.returned?.reason === 'dead' ? one : { ...one, lastSeenAtMs: nowMs }));
    const step = stepAgentVersion({ wave, waveSinceMs, judgedSinceMs: 0, rules, members: fleet }, nowMs);
    if (step.kind === 'halt' || step.kind === 'finish') return { end: step.kind, wave, touched };
    if (step.kind === 'advance') [wave, waveSinceMs] = [step.wave, nowMs];
    else if (step.open)
      fleet = fleet.map((one) => {
        if (one.toldAtMs !== null || !isReached(step.reach, one.endpointId)) return one;
        touched += 1;
        return { ...one, toldAtMs: nowMs, ...takes({ ...one, lastSeenAtMs: nowMs, runsSinceMs: nowMs }) };
      });
  }
  return { end: 'waits', wave, touched };
}

describe('a whole fleet', () => {
  test.each([1, 2, 7, 100, 400])('%i endpoints: a good version reaches all of them', (count) => {
    const outcome = live(count, ({ lastSeenAtMs }) => ({ runs: 'this', runsSinceMs: lastSeenAtMs }));
    expect(outcome).toEqual({ end: 'finish', wave: 2, touched: count });
  });

  test.each([1, 7, 100, 400])('%i endpoints: a version from which all go back reaches canaries alone', (count) => {
    const outcome = live(count, ({ lastSeenAtMs: atMs }) => ({ returned: { atMs, reason: 'it did not check in' } }));
    expect(outcome).toEqual({ end: 'halt', wave: 0, touched: Math.ceil(count / 20) });
  });

  test.each([1, 7, 100, 400])('%i endpoints: a version after which nobody is heard reaches canaries alone', (count) => {
    // The reason only marks them for this test: they are never seen again, and say nothing.
    const outcome = live(count, () => ({ runs: 'this', returned: { atMs: -1, reason: 'dead' } }));
    expect(outcome).toEqual({ end: 'waits', wave: 0, touched: Math.ceil(count / 20) });
  });
});
