import type { SimulateReply, SimulateRequest, SimulationResult } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Made-up weeks of the right shape; what is compared is a little worse. */
export function fakeReply(request: SimulateRequest, fleet: readonly FakeEndpoint[], nowMs: number): SimulateReply {
  const result = fakeResult(request, fleet, nowMs, 1);
  if (request.compareWith === undefined) return { result, compared: null };
  return {
    result,
    compared: {
      result: fakeResult(request, fleet, nowMs, 1.4),
      comparison: {
        summary: ['deadline misses: 3 instead of 7 (better)', 'reboots: 60 instead of 48'],
        differences: [
          {
            what: 'deadline misses',
            before: 7,
            after: 3,
            better: true,
            words: 'deadline misses: 3 instead of 7 (better)',
          },
          { what: 'exposure (days)', before: 410.5, after: 380, better: true, words: 'exposure: 380 instead of 410.5' },
          { what: 'median days to effective', before: 2.1, after: 3, better: false, words: '3 instead of 2.1 (worse)' },
          { what: 'reboots', before: 48, after: 60, better: null, words: 'reboots: 60 instead of 48' },
          { what: 'bytes fetched', before: 9e9, after: 9e9, better: null, words: 'the same both times' },
        ],
      },
    },
  };
}

function fakeResult(
  { days, policyName = 'all' }: SimulateRequest,
  fleet: readonly FakeEndpoint[],
  nowMs: number,
  factor: number,
): SimulationResult {
  const weeks = Array.from({ length: Math.max(1, Math.floor(days / 7)) }, (_, week) => nowMs + week * 7 * DAY_MS);
  const open = (day: number): number => Math.round((90 - (day % 7) * 12) * factor);
  return {
    startsAt: iso(nowMs),
    endsAt: iso(nowMs + days * DAY_MS),
    days,
    policies: [policyName],
    faultsSeed: null,
    summary: [
      `3 deadlines are missed in ${days} days, the first on day 9: openssl on 20 endpoints.`,
      `${fleet.length} endpoints get 214 updates; half of them within 3 days.`,
      'The fullest window has 38 installations.',
    ],
    totals: {
      endpoints: fleet.length,
      withoutPolicy: 5,
      pending: 300,
      installed: 280,
      open: 20,
      misses: 3,
      failures: 2,
      rolledBack: 2,
      reboots: 60,
      bytes: 9_000_000_000,
      exposureDays: 380 * factor,
      medianDays: 3,
      p95Days: 9,
    },
    exposure: Array.from({ length: days }, (_, day) => ({
      at: iso(nowMs + day * DAY_MS),
      open: open(day),
      overdue: day > 8 && day < 13 ? Math.round(20 * factor) : 0,
      exploited: day % 20 < 3 ? 4 : 0,
      risk: open(day) * 1.5,
    })),
    misses: {
      total: 1,
      items: [
        {
          patch: 'openssl 3.0.17-1~deb12u3',
          deadline: iso(nowMs + 9 * DAY_MS),
          endpoints: 20,
          first: fleet.slice(0, 3).map(({ summary }) => summary.hostname),
          lastAt: iso(nowMs + 12 * DAY_MS),
          advice: ['a window on Wednesday would make it hold'],
        },
      ],
    },
    windows: {
      total: weeks.length,
      items: weeks.map((ms, week) => ({
        window: 'weeknight',
        policy: policyName,
        startsAt: iso(ms + DAY_MS),
        endsAt: iso(ms + 1.25 * DAY_MS),
        installations: 38 - ((week * 7) % 20),
        reboots: 4 + (week % 3),
        atOnce: 6,
        bytes: 400_000_000,
      })),
    },
    traffic: Array.from({ length: days }, (_, day) => ({
      day: iso(nowMs + day * DAY_MS),
      bytes: day % 7 === 1 ? 1_100_000_000 : 20_000_000,
    })),
    rollouts: {
      total: weeks.length,
      items: weeks.map((ms, week) => ({
        name: `${policyName} week ${week + 1}`,
        policy: policyName,
        startsAt: iso(ms),
        endsAt: iso(ms + 5 * DAY_MS),
        state: week === 2 ? 'halted' : 'finished',
        endpoints: fleet.length,
        patches: 5,
        rings: ['canary', 'tenth', 'others'].map((name, index) => ({
          name,
          members: 10 * (index + 1),
          done: 10 * (index + 1),
          failed: 0,
          opensAt: iso(ms + index * 1.6 * DAY_MS),
          endsAt: iso(ms + (index * 1.6 + 0.9) * DAY_MS),
          passesAt: iso(ms + (index * 1.6 + 1.5) * DAY_MS),
          why: '',
        })),
        explanation: 'all rings passed',
      })),
    },
    timeline: {
      total: 280,
      items: fleet.slice(0, 40).map(({ summary }, index) => ({
        endpointId: summary.id,
        hostname: summary.hostname,
        patch: 'openssl 3.0.17-1~deb12u3',
        policy: policyName,
        ring: index < 4 ? 'canary' : 'others',
        since: iso(nowMs),
        installedAt: index === 39 ? null : iso(nowMs + (1 + index / 5) * DAY_MS),
        deadline: iso(nowMs + 8 * DAY_MS),
        missed: index > 36,
        why: index === 39 ? 'it was off all the time' : '',
      })),
    },
    gaps: [{ what: 'duration of installations', why: 'no history yet: 30 minutes are assumed' }],
  };
}
