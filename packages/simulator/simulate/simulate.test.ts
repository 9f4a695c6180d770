import { SimulationComparison, SimulationResult } from '@thimble/protocol';
import * as fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { POLICY_TEXT, policyOfText, START_MS, testEndpoint, testInput, testUpdate } from '../testing/input.ts';
import { compareSimulations } from './compare.ts';
import { simulate } from './simulate.ts';

const DAY_MS = 86_400_000;
const at = (day: number, hour = 0): string => new Date(START_MS + day * DAY_MS + hour * 3_600_000).toISOString();

describe('a simulation', () => {
  const result = simulate(testInput(40, 14));

  test('is what the protocol says, and nothing but data', () => {
    expect(Value.Errors(SimulationResult, result)).toEqual([]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('gives the same result for the same input, to the byte', () => {
    const input = { ...testInput(40, 14), faultsSeed: 7, updatesPerWeek: 5 };
    expect(JSON.stringify(simulate(input))).toBe(JSON.stringify(simulate(input)));
  });

  test('takes every endpoint through its ring, one after another, in windows alone', () => {
    expect(result.totals).toMatchObject({ pending: 80, installed: 80, open: 0, misses: 0, reboots: 40, failures: 0 });
    const [rollout] = result.rollouts.items;
    expect(rollout).toMatchObject({ state: 'finished', startsAt: at(0, 8), endpoints: 40, patches: 2 });
    const rings = rollout?.rings ?? [];
    expect(rings.map(({ name }) => name)).toEqual(['canary', 'early', 'rest']);
    for (const [n, { opensAt }] of rings.entries()) expect(opensAt).toBe(n === 0 ? at(0, 8) : rings[n - 1]?.passesAt);
    for (const { installedAt } of result.timeline.items) {
      const hour = new Date(installedAt ?? 0).getUTCHours();
      expect(hour >= 22 || hour <= 3).toBe(true);
    }
    expect(Math.max(...result.windows.items.map(({ atOnce }) => atOnce))).toBeLessThanOrEqual(8);
    expect(result.windows.items.reduce((sum, { installations }) => sum + installations, 0)).toBe(40);
    expect(result.totals.bytes).toBe(40 * 61_000_000);
    expect(result.traffic.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(result.totals.bytes);
  });

  test('shows what is open as it falls', () => {
    expect(result.exposure.length).toBe(500);
    expect(result.exposure[0]).toMatchObject({ at: at(0), open: 80, overdue: 0 });
    expect(result.exposure.at(-1)).toMatchObject({ at: at(14), open: 0, risk: 0 });
    const open = result.exposure.map((point) => point.open);
    expect(open).toEqual([...open].sort((a, b) => b - a));
  });

  test('says which deadlines do not hold, and on whom', () => {
    const late = simulate(
      testInput(20, 14, {
        lists: new Map([
          ['lacks', [testUpdate('openssl', { severity: 'critical', publishedMs: START_MS - 6 * DAY_MS })]],
        ]),
      }),
    );
    expect(late.misses.items[0]).toMatchObject({ patch: 'openssl 2', deadline: at(1) });
    expect(late.totals.misses).toBe(late.misses.items[0]?.endpoints);
    expect(late.timeline.items[0]).toMatchObject({ missed: true });
    expect(late.summary[0]).toContain("can't hold");
  });

  test('counts deadlines from the first fix, where a newer version is pending', () => {
    const update = testUpdate('openssl', {
      severity: 'critical',
      publishedMs: START_MS,
      fixedSinceMs: START_MS - 6 * DAY_MS,
    });
    const { misses } = simulate(testInput(20, 14, { lists: new Map([['lacks', [update]]]) }));
    expect(misses.items[0]).toMatchObject({ patch: 'openssl 2', deadline: at(1) });
  });

  test('does not say that deadlines hold where there is none', () => {
    const none = POLICY_TEXT.replace(/^deadlines:.*\n/m, '');
    const [first] = simulate(testInput(4, 14, { policies: [{ id: 'p', policy: policyOfText(none) }] })).summary;
    expect(first).toBe('No deadline falls into these days.');
    expect(simulate(testInput(40, 14)).summary[0]).toBe('All deadlines of these days hold.');
    expect(simulate(testInput(0, 14)).summary).toEqual([
      'There is nothing to simulate: no endpoint follows these policies.',
    ]);
  });

  test('leaves who is off as it is, and says why', () => {
    const endpoints = Array.from({ length: 30 }, (_, n) => testEndpoint(n, { online: n !== 2 }));
    const { totals, timeline, gaps } = simulate(testInput(0, 14, { endpoints }));
    expect(totals).toMatchObject({ installed: 58, open: 2 });
    expect(timeline.items.filter(({ installedAt }) => installedAt === null)).toEqual([
      expect.objectContaining({ hostname: 'host2', why: expect.any(String) as string }),
      expect.objectContaining({ hostname: 'host2' }),
    ]);
    expect(gaps.map(({ what }) => what)).toContain('1 endpoints that are off');
  });

  test('counts who follows no policy, and what nobody takes', () => {
    const text = POLICY_TEXT.replace('deadlines:', 'scope: { hostnames: [host0] }\ndeadlines:');
    const { totals, timeline } = simulate(testInput(2, 7, { policies: [{ id: 'p', policy: policyOfText(text) }] }));
    expect(totals).toMatchObject({ withoutPolicy: 1, installed: 2, open: 2 });
    expect(timeline.items[0]?.why).toBe('no policy takes this endpoint');
  });
});

describe('what if', () => {
  test('an entry of the KEV catalogue makes what it names due, and starts a rollout at once', () => {
    const quiet = POLICY_TEXT.replace('on: every Monday', 'on: first Monday of January');
    const policies = [{ id: 'p', policy: policyOfText(quiet) }];
    const before = simulate(testInput(20, 20, { policies }));
    expect(before.rollouts.total).toBe(0);
    const whatIf = [{ kind: 'kev', package: 'openssl', at: at(3, 12), due: at(10) }] as const;
    const after = simulate(testInput(20, 20, { policies, whatIf }));
    expect(after.rollouts.items[0]).toMatchObject({ startsAt: at(3, 12), state: 'finished' });
    expect(Math.max(...after.exposure.map(({ exploited }) => exploited))).toBe(20);
    expect(after.timeline.items.find(({ patch }) => patch === 'openssl 2')).toMatchObject({ deadline: at(10) });
  });

  test('an update appears on a share of the endpoints', () => {
    const whatIf = [{ kind: 'update', package: 'bash', at: at(1), percent: 50 }] as const;
    const { totals, timeline } = simulate(testInput(200, 14, { whatIf }));
    expect(totals.pending - 400).toBeGreaterThan(70);
    expect(totals.pending - 400).toBeLessThan(130);
    expect(timeline.items.some(({ patch }) => patch.startsWith('bash'))).toBe(true);
  });

  test.each([
    ['names a package of which nothing is lacked', { package: 'opensl', at: at(3) }, /no endpoint lacks/],
    ['comes after these days', { package: 'openssl', at: at(14) }, /comes after these days/],
  ])('that %s is told, for it changes nothing', (_, parts, why) => {
    const { gaps } = simulate(testInput(4, 14, { whatIf: [{ kind: 'kev', ...parts }] }));
    expect(gaps).toContainEqual({ what: `assumption kev:${parts.package}`, why: expect.stringMatching(why) as string });
  });

  test('a freeze holds everything back as long as it lasts', () => {
    const freezes = [{ startMs: START_MS, endMs: START_MS + 5 * DAY_MS, scope: {}, why: 'quarter’s end' }];
    const { timeline } = simulate(testInput(10, 14, { freezes }));
    for (const { installedAt } of timeline.items) expect((installedAt ?? '') >= at(5)).toBe(true);
  });

  test('drawn faults fail some installations, which go back', () => {
    const { totals, gaps } = simulate({ ...testInput(200, 28), faultsSeed: 3, failureShare: 0.03 });
    expect(gaps.at(-1)?.why).toContain('3 % of installations fail');
    expect(totals.failures).toBeGreaterThan(0);
    expect(totals.rolledBack).toBe(totals.failures);
    expect(totals.open).toBeGreaterThan(0);
  });
});

test('whatever is given, pairs are installed or open, and no curve goes below nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.nat(100), { nil: null }),
      fc.nat(10),
      (endpoints, days, faultsSeed, updatesPerWeek) => {
        const { totals, exposure, timeline } = simulate({ ...testInput(endpoints, days), faultsSeed, updatesPerWeek });
        expect(totals.installed + totals.open).toBe(totals.pending);
        expect(
          exposure.every(({ open, overdue, risk }) => open >= 0 && overdue >= 0 && overdue <= open && risk >= 0),
        ).toBe(true);
        expect(exposure.at(-1)?.open).toBe(totals.open);
        expect(timeline.items.length).toBeLessThanOrEqual(1000);
      },
    ),
    { numRuns: 25 },
  );
});

test.each([0, 366, 1.5, Number.NaN])('%s days are not simulated', (days) => {
  expect(() => simulate({ ...testInput(1, 1), days })).toThrow(RangeError);
});

describe('a comparison', () => {
  test('says of each figure whether it is better', () => {
    const slow = POLICY_TEXT.replaceAll('soak: 24h', 'soak: 72h');
    const before = simulate(testInput(20, 21, { policies: [{ id: 'p', policy: policyOfText(slow) }] }));
    const after = simulate(testInput(20, 21));
    const comparison = compareSimulations(before, after);
    expect(Value.Errors(SimulationComparison, comparison)).toEqual([]);
    expect(comparison.differences.find(({ what }) => what === 'exposure (days)')?.better).toBe(true);
    expect(comparison.summary.join('\n')).toContain('(better)');
    expect(compareSimulations(after, before).differences.find(({ what }) => what === 'exposure (days)')?.better).toBe(
      false,
    );
  });

  test('of a result with itself finds nothing', () => {
    const result = simulate(testInput(5, 7));
    expect(compareSimulations(result, result).summary).toEqual(['Nothing that is counted differs.']);
  });
});
