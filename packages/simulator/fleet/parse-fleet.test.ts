import { describe, expect, test } from 'vitest';
import { parseFleet } from './parse-fleet.ts';

const WHOLE = {
  format: 1,
  endpoints: [
    {
      hostname: 'web',
      count: 3,
      platform: 'debian',
      labels: { role: 'web' },
      timeZone: 'Europe/Berlin',
      updates: 'old',
    },
    { hostname: 'db', site: 'north', criticality: 'high', online: false, minutes: 20 },
  ],
  updates: { old: [{ package: 'libssl3', version: '3.0.22-1', source: 'openssl', kev: { due: '2026-05-01' } }] },
  calendars: { holidays: [{ startsAt: '2026-12-24T00:00:00.000Z', endsAt: '2026-12-27T00:00:00.000Z' }] },
};

describe('a fleet in a file', () => {
  test('is unfolded, and what is not said is not known', () => {
    const parsed = parseFleet(WHOLE);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { endpoints, lists, calendars } = parsed.fleet;
    expect(endpoints.map(({ id }) => id)).toEqual(['web-1', 'web-2', 'web-3', 'db']);
    expect(endpoints[3]).toMatchObject({
      traits: { platform: null, site: 'north', criticality: 'high' },
      timeZone: 'UTC',
      list: null,
      online: false,
      expectedMs: 1_200_000,
    });
    expect(lists.get('old')).toEqual([
      expect.objectContaining({
        patch: 'openssl 3.0.22-1',
        name: 'libssl3',
        severity: 'unknown',
        publishedMs: null,
        kev: { dueMs: Date.parse('2026-05-02T00:00:00Z') },
        needsReboot: null,
      }),
    ]);
    expect(calendars.get('holidays')?.[0]?.endMs).toBe(Date.parse('2026-12-27T00:00:00Z'));
  });

  test.each([
    ['another format', { ...WHOLE, format: 2 }, '/format'],
    ['a misspelt key', { ...WHOLE, endpoints: [{ hostname: 'a', lable: {} }] }, '/endpoints/0/lable'],
    [
      'a day that there is not',
      { ...WHOLE, updates: { old: [{ package: 'a', version: '1', published: '2026-02-30' }] } },
      '/updates/old/0/published',
    ],
    [
      'a due date that there is not',
      { ...WHOLE, updates: { old: [{ package: 'a', version: '1', kev: { due: '2026-13-01' } }] } },
      '/updates/old/0/kev/due',
    ],
    ['a list that is not there', { ...WHOLE, endpoints: [{ hostname: 'a', updates: 'new' }] }, '/endpoints/0/updates'],
    ['a list that every object has', { format: 1, endpoints: [{ hostname: 'a', updates: 'constructor' }] }, '/updates'],
    ['no time zone', { ...WHOLE, endpoints: [{ hostname: 'a', timeZone: 'Mars/Olympus' }] }, '/endpoints/0/timeZone'],
    ['a name twice', { ...WHOLE, endpoints: [{ hostname: 'a' }, { hostname: 'a' }] }, '/endpoints/1/hostname'],
    [
      'a counted name twice',
      { ...WHOLE, endpoints: [{ hostname: 'a', count: 2 }, { hostname: 'a-2' }] },
      '/endpoints/1/hostname',
    ],
    [
      'more endpoints than are computed',
      {
        ...WHOLE,
        endpoints: [
          { hostname: 'a', count: 150_000 },
          { hostname: 'b', count: 150_000 },
        ],
      },
      '/endpoints',
    ],
    [
      'a blackout that ends before it begins',
      { ...WHOLE, calendars: { x: [{ startsAt: '2026-12-27T00:00:00.000Z', endsAt: '2026-12-24T00:00:00.000Z' }] } },
      '/calendars/x/0',
    ],
    [
      'a freeze from a day that there is not',
      {
        ...WHOLE,
        freezes: [{ reason: 'x', startsAt: '2026-02-31T00:00:00.000Z', endsAt: '2026-12-24T00:00:00.000Z' }],
      },
      '/freezes/0',
    ],
    ['nothing', null, ''],
    ['a text', 'web', ''],
  ])('with %s is refused, and it is said where', (_, document, path) => {
    const parsed = parseFleet(document);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problems[0]?.path).toContain(path);
  });

  test('that misspells a key is told which was probably meant', () => {
    const parsed = parseFleet({ format: 1, endpoints: [{ hostnam: 'a' }] });
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      { path: '/endpoints/0/hostnam', message: '"hostnam" is not known here; did you mean `hostname`?' },
    ]);
  });
});
