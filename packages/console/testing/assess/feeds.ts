import type { FeedSummary } from '@thimble/protocol';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Feeds in every state of health, those that the fleet needs first. */
export function fakeFeeds(nowMs: number, endpointCount: number): FeedSummary[] {
  const at = (hours: number): string => new Date(nowMs + hours * HOUR_MS).toISOString();
  const feed = (id: string, name: string, publisher: string, given: Partial<FeedSummary>): FeedSummary => ({
    id,
    name,
    publisher,
    documentation: `https://advisories.example.org/${id}/`,
    licence: 'CC-BY-4.0',
    namespaces: [id],
    mode: 'auto',
    neededFor: [],
    health: 'fresh',
    explanation: 'synchronised 2 hours ago, every 6 hours',
    baseUrl: `https://advisories.example.org/${id}/`,
    intervalHours: 6,
    syncedAt: at(-2),
    changedAt: at(-26),
    nextAt: at(4),
    running: null,
    advisoryCount: 0,
    factCount: 0,
    faultCount: 0,
    faults: [],
    failure: null,
    ...given,
  });
  const debian = [`debian:12 on ${Math.ceil(endpointCount * 0.8)} endpoints`];
  const ubuntu = [`ubuntu:24.04 on ${Math.floor(endpointCount * 0.2)} endpoints`];
  return [
    feed('debian-tracker', 'Debian security tracker', 'Debian Security team', {
      neededFor: debian,
      namespaces: ['debian'],
      advisoryCount: 168_412,
      faultCount: 2,
      faults: [
        { record: 'CVE-2019-0000/firmware', reason: 'urgency has a word that is not known: “soonish”' },
        { record: 'TEMP-0000000-1A2B3C/gnat', reason: 'fixed_version is a number, where text was expected' },
      ],
    }),
    feed('ubuntu-cve-tracker', 'Ubuntu CVE tracker', 'Canonical', {
      neededFor: ubuntu,
      namespaces: ['ubuntu'],
      advisoryCount: 96_204,
      running: { startedAt: at(-0.02), records: 41_200, message: 'reading the tracker’s archive' },
      health: 'stale',
      explanation: 'not synchronised for 21 hours, which is more than three intervals',
      syncedAt: at(-21),
      nextAt: null,
    }),
    feed('kev', 'Known exploited vulnerabilities', 'CISA', {
      neededFor: ['all vulnerabilities'],
      namespaces: ['*'],
      factCount: 1_412,
      intervalHours: 12,
      licence: 'CC0-1.0',
    }),
    feed('epss', 'Exploit prediction scores', 'FIRST', {
      neededFor: ['all vulnerabilities'],
      namespaces: ['*'],
      factCount: 291_007,
      intervalHours: 24,
      health: 'failing',
      explanation: 'the last attempt failed; scores of 31 hours ago are used',
      syncedAt: at(-31),
      nextAt: new Date(nowMs + 12 * MINUTE_MS).toISOString(),
      failure: {
        at: at(-1),
        code: 'too-large',
        message:
          'The document says it has 10 GB; 512 MB is the limit for it. Nothing was read, the last good state stays.',
      },
    }),
    feed('endoflife', 'endoflife.date', 'endoflife.date', {
      neededFor: [...debian, ...ubuntu],
      health: 'never',
      explanation: 'needed since today; the first attempt is due in 3 minutes',
      syncedAt: null,
      changedAt: null,
      nextAt: new Date(nowMs + 3 * MINUTE_MS).toISOString(),
      licence: 'MIT',
    }),
    feed('osv-npm', 'OSV: npm', 'GitHub and others', {
      health: 'off',
      explanation: 'no endpoint has software of npm',
      syncedAt: null,
      changedAt: null,
      nextAt: null,
    }),
    feed('redhat-vex', 'Red Hat VEX', 'Red Hat', {
      mode: 'off',
      health: 'off',
      explanation: 'switched off',
      syncedAt: at(-400),
      nextAt: null,
      advisoryCount: 48_221,
    }),
  ];
}
