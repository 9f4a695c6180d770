import type { FactBody } from '@thimble/advisories';
import { describe, expect, it } from 'vitest';
import { freshnessOf, type FreshnessFacts } from './freshness.ts';
import type { FeedState } from './store.ts';

const FEEDS = [
  { id: 'debian-tracker', namespaces: ['debian'], intervalHours: 6 },
  { id: 'osv-debian', namespaces: ['debian'], intervalHours: 24 },
  { id: 'epss', namespaces: ['*'], intervalHours: 24 },
];
const NOW = new Date('2026-05-10T12:00:00.000Z');

function state(feed: string, syncedAt: string | null, advisoryCount = 10): FeedState {
  return {
    feed,
    watermark: null,
    validators: new Map(),
    syncedAt: syncedAt === null ? null : new Date(syncedAt),
    changedAt: null,
    advisoryCount,
    factCount: 0,
    faultCount: 0,
    faults: [],
    failure: null,
  };
}
const support = (endsOn: string | null, ended: boolean | 'limited' = false): FactBody => ({
  kind: 'support',
  subject: 'debian:12',
  title: 'Debian 12',
  endsOn,
  extendedEndsOn: null,
  ended,
  latest: null,
  note: 'only some packages',
});
const ask = (namespace: string, facts: Partial<FreshnessFacts>) =>
  freshnessOf(namespace, { feeds: FEEDS, states: [], support: [], now: NOW, ...facts });

describe('whether anybody looked', () => {
  it.each([
    ['plan9:4', [], 'unsupported'],
    ['debian:12', [], 'none'],
    ['debian:12', [state('debian-tracker', null)], 'none'],
    ['debian:12', [state('debian-tracker', '2026-05-10T11:00:00.000Z', 0)], 'none'],
    ['debian:12', [state('epss', '2026-05-10T11:00:00.000Z')], 'none'],
    ['debian:12', [state('debian-tracker', '2026-05-10T11:00:00.000Z')], 'current'],
    ['debian:12', [state('debian-tracker', '2026-05-09T11:00:00.000Z')], 'stale'],
    [
      'debian:12',
      [state('debian-tracker', '2026-01-01T11:00:00.000Z'), state('osv-debian', '2026-05-09T11:00:00.000Z')],
      'current',
    ],
  ] as const)('%s with %j: %s', (namespace, states, expected) => {
    const { advisories, why } = ask(namespace, { states });
    expect(advisories).toBe(expected);
    expect(why === null).toBe(expected === 'current');
  });
});

describe('whether the advisories that were read speak of it', () => {
  const states = [state('debian-tracker', '2026-05-10T11:00:00.000Z')];
  it.each([
    ['debian:12', ['debian:12'], 'current'],
    // What is said of the whole distribution is said of its releases.
    ['debian:12', ['debian'], 'current'],
    ['debian:14', ['debian:12'], 'none'],
    ['debian:14', [], 'none'],
  ] as const)('%s where they name %j: %s', (namespace, named, expected) => {
    const { advisories, why } = ask(namespace, { states, named: new Set(named) });
    expect(advisories).toBe(expected);
    if (expected === 'none') expect(why).toBe('none of the advisories at hand speaks of debian:14 (debian-tracker)');
  });
});

describe('support beyond the regular one', () => {
  const ended = { ...support('2026-01-01'), extendedEndsOn: '2028-06-30' } as FactBody;
  it('counts where it is for everybody, and not where it is bought', () => {
    expect(ask('debian:12', { support: [ended] }).support).toBe('supported');
    const ubuntu = { ...ended, subject: 'ubuntu:18.04' } as FactBody;
    expect(ask('ubuntu:18.04', { support: [ubuntu] }).support).toBe('ended');
  });
});

describe('whether the release still gets repairs', () => {
  it.each([
    [[], 'unknown'],
    [[support(null)], 'unknown'],
    [[support('2028-06-30')], 'supported'],
    [[support('2026-05-10')], 'supported'],
    [[support('2026-05-09')], 'ended'],
    [[support('2028-06-30'), support(null, true)], 'ended'],
    [[support('2028-06-30'), support(null, 'limited')], 'limited'],
    [[{ ...support('2020-01-01'), subject: 'debian:8' } as FactBody], 'unknown'],
  ] as const)('%j: %s', (facts, expected) => {
    expect(ask('debian:12', { support: facts }).support).toBe(expected);
  });
});
