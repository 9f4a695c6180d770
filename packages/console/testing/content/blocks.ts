import type { BlockSummary, CreateBlockRequest, RunDetail } from '@thimble/protocol';
import { CATALOGUE } from '../fixtures/catalogue.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded, type Random } from '../fixtures/random.ts';

const DAY_MS = 86_400_000;
const NAMED = 100;

/** Standing ones, installed on some endpoints and on none, and one that was lifted. */
export function fakeBlocks(fleet: readonly FakeEndpoint[], nowMs: number): BlockSummary[] {
  const random = seeded(8108);
  const at = (days: number): string => new Date(nowMs - days * DAY_MS).toISOString();
  const request = (name: string, version: string, reason: string, source = true): CreateBlockRequest => ({
    name,
    version,
    source,
    reason,
  });
  return [
    {
      ...blockOf(
        request(
          'rsyslog',
          '8.2302.0-1+deb12u1',
          'It stops to forward after a rotation of logs; upstream’s bug is open and a fix is announced for next week.',
          false,
        ),
        fleet.slice(2, 16),
        random,
        at(2),
      ),
      stoppedOrders: 31,
      tooLateOrders: 4,
    },
    {
      ...blockOf(request('bind9', '1:9.18.41-1~deb12u1', 'Resolves nothing behind a forwarder.'), [], random, at(9)),
      createdBy: 'ada',
    },
    {
      ...blockOf(
        request('postgresql-15', '15.14-0+deb12u1', 'Until the vendor certified it.'),
        fleet.slice(0, 1),
        random,
        at(40),
      ),
      liftedAt: at(12),
      liftedBy: 'operator',
    },
  ];
}

export function blockOf(
  { name, source = false, version, architecture, reason }: CreateBlockRequest,
  having: readonly FakeEndpoint[],
  random: Random,
  createdAt: string,
): BlockSummary {
  const packages = CATALOGUE.filter((entry) => (source ? entry.source : entry.name) === name).map((one) => one.name);
  return {
    id: random.uuid(),
    name,
    source,
    version,
    architecture: architecture ?? null,
    reason,
    createdAt,
    createdBy: 'operator',
    liftedAt: null,
    liftedBy: null,
    packages: packages.length === 0 ? [name] : packages,
    installedOn: having.slice(0, NAMED).map(({ summary }) => ({ endpointId: summary.id, hostname: summary.hostname })),
    installedCount: having.length,
    stoppedOrders: 0,
    tooLateOrders: 0,
  };
}

/** Orders that have the version in their plan: those that a recall stops, and those that are too far. */
export function ordersWith(runs: readonly RunDetail[], { packages, version }: BlockSummary) {
  const targets = runs.flatMap((run) => {
    const holds = new Set(
      run.groups
        .filter(({ transaction }) =>
          transaction.changes.some((one) => packages.includes(one.name) && one.to === version),
        )
        .map(({ transactionDigest }) => transactionDigest),
    );
    return run.targets.filter(({ transactionDigest }) => transactionDigest !== null && holds.has(transactionDigest));
  });
  return {
    stoppedOrders: targets.filter(({ state }) => state === 'planned').length,
    tooLateOrders: targets.filter(({ state, stage }) => state === 'working' && stage === 'installing').length,
  };
}
