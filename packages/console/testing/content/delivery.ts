import type { ContentStatus, RelaySummary, Savings } from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';
import type { FakeContentLists } from './fake-content.ts';

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

/** One that works, one that fell silent, one that was never started. */
export function fakeRelays(nowMs: number): RelaySummary[] {
  const random = seeded(8106);
  const relay = (name: string, site: string, given: Partial<RelaySummary>): RelaySummary => ({
    id: random.uuid(),
    name,
    site,
    networks: [],
    url: `https://${name}.example.org:8444`,
    version: '0.1.0',
    createdAt: new Date(nowMs - 60 * DAY_MS).toISOString(),
    lastSeenAt: new Date(nowMs - 40_000).toISOString(),
    online: true,
    cacheBytes: 61 * GIB,
    cacheLimitBytes: 100 * GIB,
    objectCount: 18_204,
    freeBytes: 212 * GIB,
    requests: 48_120,
    hits: 46_377,
    servedBytes: 412 * GIB,
    fetchedBytes: 19 * GIB,
    ...given,
  });
  return [
    relay('relay-fra', 'fra', { networks: ['10.2.0.0/16', '10.3.4.0/22'] }),
    relay('relay-sin', 'sin', {
      online: false,
      lastSeenAt: new Date(nowMs - 0.3 * DAY_MS).toISOString(),
      cacheBytes: 99 * GIB,
      requests: 9_400,
      hits: 7_011,
      servedBytes: 74 * GIB,
      fetchedBytes: 21 * GIB,
    }),
    relay('relay-nyc', 'nyc', {
      online: false,
      lastSeenAt: null,
      url: null,
      version: null,
      cacheBytes: 0,
      cacheLimitBytes: 0,
      objectCount: 0,
      freeBytes: null,
      requests: 0,
      hits: 0,
      servedBytes: 0,
      fetchedBytes: 0,
    }),
  ];
}

/** Two transfers under way on a disk that is nearly full. */
export function fakeStatus(nowMs: number): ContentStatus {
  const at = (days: number): string => new Date(nowMs + days * DAY_MS).toISOString();
  return {
    store: '/var/lib/thimble/content',
    objectCount: 41_207,
    objectBytes: 118 * GIB,
    freeBytes: 24 * GIB,
    totalBytes: 200 * GIB,
    reserveBytes: 20 * GIB,
    state: 'acquiring',
    explanation: 'patches are fetched and served',
    access: 'agents',
    transfers: [
      {
        name: 'linux-image-6.1.0-40-amd64_6.1.153-1_amd64.deb',
        host: 'deb.example.org',
        sizeBytes: 69_200_000,
        receivedBytes: 43_100_000,
        startedAt: at(-0.0002),
        followers: 38,
      },
      {
        name: 'main/binary-amd64/Packages.xz',
        host: 'deb.example.org',
        sizeBytes: 8_788_516,
        receivedBytes: 3_411_000,
        startedAt: at(-0.0001),
        followers: 1,
      },
    ],
    collection: {
      lastAt: at(-0.8),
      removedCount: 812,
      removedBytes: 3 * GIB,
      running: false,
      collectableBytes: 9 * GIB,
    },
    snapshotEveryHours: 24,
    retentionDays: 90,
  };
}

/** More on the days after patches come out, and on weekends hardly anything. */
export function fakeSavings(lists: FakeContentLists, by: string, days: number, nowMs: number): Savings {
  const random = seeded(8107);
  const item = (key: string, label: string, servedGib: number, times: number): Savings['items'][number] => {
    const requests = Math.round(servedGib * 620);
    return {
      key,
      label,
      servedBytes: Math.round(servedGib * GIB),
      upstreamBytes: Math.round((servedGib / times) * GIB),
      requests,
      hits: Math.round(requests * (1 - 1 / times)),
    };
  };
  const byDay = Array.from({ length: days }, (_, index) => {
    const at = new Date(nowMs - (days - 1 - index) * DAY_MS);
    const weekend = at.getUTCDay() % 6 === 0;
    const wave = weekend ? 0.12 : at.getUTCDay() === 3 ? 2.6 : 1;
    const day = at.toISOString().slice(0, 10);
    return item(day, day, wave * (6 + 9 * random.next()), weekend ? 3 : 9 + 12 * random.next());
  });
  const total = (of: keyof Pick<Savings['items'][number], 'servedBytes' | 'upstreamBytes' | 'requests' | 'hits'>) =>
    byDay.reduce((sum, one) => sum + one[of], 0);
  const servedGib = total('servedBytes') / GIB;
  const spread = (of: readonly { readonly key: string; readonly label: string }[]): Savings['items'] => {
    const weights = of.map((_, index) => 1 / (1.4 * index + 1));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    return of.map(({ key, label }, index) =>
      item(key, label, (servedGib * (weights[index] ?? 0)) / whole, 5 + 14 * random.next()),
    );
  };
  const itemsBy: Readonly<Record<string, () => Savings['items']>> = {
    time: () => byDay,
    repository: () =>
      spread(lists.repositories.slice(0, 6).map(({ summary }) => ({ key: summary.id, label: summary.name }))),
    snapshot: () =>
      spread(lists.snapshots.slice(1, 6).map(({ summary }) => ({ key: summary.id, label: summary.name }))),
    relay: () => spread(lists.relays.slice(0, 2).map(({ id, name }) => ({ key: id, label: name }))),
    site: () => spread(['fra', 'ams', 'nyc', 'sin'].map((key) => ({ key, label: key }))),
  };
  return {
    upstreamBytes: total('upstreamBytes'),
    servedBytes: total('servedBytes'),
    relayedBytes: Math.round(total('servedBytes') * 0.61),
    requests: total('requests'),
    hits: total('hits'),
    items: itemsBy[by]?.() ?? byDay,
  };
}
