import type { CreatedRelay, RelaySummary, SnapshotDetail } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { installAgent } from '../end-to-end/agent-package.ts';
import { startFleet, type Fleet, type Member } from '../end-to-end/fleet.ts';
import { ordersOf } from '../end-to-end/records.ts';
import { approveAll, packages, targetOf, waitForRun, waitForState } from '../end-to-end/runs.ts';
import { freePort } from '../end-to-end/server.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { createVendorRepository, type VendorRepository } from '../vendor/vendor-repository.ts';
import {
  approveProposals,
  missing,
  nameMirrorByNumber,
  planFrom,
  takeSnapshot,
  thimble,
} from './testing/frozen-fleet.ts';
import { startLink, type Link } from './testing/link.ts';
import { RelayProcess } from './testing/relay-process.ts';

const availability = labForTests('endpoints with a relay');
const TOOL_BYTES = 400_000;
/** At the slowest rate that a relay can be told, 1 MB/s, this takes long enough to be killed meanwhile. */
const BIG_BYTES = 12_000_000;
const version = (of: string, ballast: number): readonly VendorPackage[] => [
  { name: 'tool', version: of, ballastBytes: of === '1' ? 0 : Math.min(ballast, TOOL_BYTES) },
  { name: 'big', version: of, ballastBytes: of === '1' ? 0 : ballast },
];

/** One test follows on another: the relay fills, loses its link, reports, dies. */
describe.skipIf(!availability.available)('endpoints with a relay', () => {
  let fleet: Fleet;
  let vendor: VendorRepository;
  let link: Link;
  let relay: RelayProcess;
  let alpha: Member;
  let beta: Member;
  let snapshot: SnapshotDetail;

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'acquire: relay' });
    const { server, lab } = fleet;
    vendor = await createVendorRepository('vendor', fleet.mirror);
    await vendor.publish({ packages: version('1', 0) });
    link = await startLink(Number(new URL(server.url).port));
    const printed = await thimble(server, 'content', 'relays', 'create', 'bern', '--site', 'Bern', '--json');
    const { command } = JSON.parse(printed) as CreatedRelay;
    const upstream = `https://127.0.0.1:${link.port}`;
    relay = new RelayProcess({ command, upstream, host: lab.gateway, port: await freePort(lab.gateway) });
    relay.start();
    [alpha, beta] = await Promise.all([member('alpha'), member('beta')]);
    for (const { id } of [alpha, beta]) await thimble(server, 'endpoints', 'asset', id, '--site', 'Bern');
    await vendor.publish({ packages: version('2', BIG_BYTES) });
    await approveProposals(server, 1);
    snapshot = await takeSnapshot(server, 'relayed');
    await online();
  });
  afterAll(async () => {
    await relay?.[Symbol.asyncDispose]();
    await link?.cut();
    await vendor?.dispose();
    await fleet?.dispose();
  });

  async function member(name: string): Promise<Member> {
    return fleet.member({
      name,
      base: 'web',
      sources: { suites: [], vendors: [vendor] },
      prepare: async (machine) => {
        await nameMirrorByNumber(fleet, machine);
        await installAgent(fleet.server, machine);
        await machine.shell('apt-get -q update >/dev/null; apt-get -q -y install tool big </dev/null', {
          env: { DEBIAN_FRONTEND: 'noninteractive' },
        });
      },
    });
  }

  const bern = async (): Promise<RelaySummary> => (await fleet.server.client.relays()).items[0] ?? missing('the relay');
  /** Its hello is what brings what it counted. */
  const online = (since = '') =>
    waitFor('the relay said hello', async () => ((await bern()).lastSeenAt ?? '') > since && (await bern()).online, {
      state: () => relay.log(),
    });
  const installed = async ({ machine }: Member, name: string) =>
    (await machine.exec(['dpkg-query', '-W', '-f', '${Version}', name])).stdout;
  const preStaged = async (runId: string) => {
    const orders = await ordersOf(fleet.server, { runId });
    const result = orders.find(({ kind }) => kind === 'pre-stage')?.outcome?.result;
    return result?.kind === 'pre-staged' ? result : missing(`a pre-staged outcome in ${JSON.stringify(result)}`);
  };
  const preStage = async (runId: string, { id }: Member) => {
    await fleet.server.client.actOnRun(runId, 'pre-stage', [id]);
    return waitFor('it is fetched ahead', () => preStaged(runId), { state: () => relay.log() });
  };

  test('an endpoint of the relay’s site gets everything from it', async () => {
    const run = await planFrom(fleet.server, snapshot, [alpha.id], packages('tool'));
    const { fetchedBytes, fromRelayBytes } = await preStage(run.summary.id, alpha);
    expect(fetchedBytes).toBeGreaterThan(TOOL_BYTES);
    expect(fromRelayBytes).toBe(fetchedBytes);
    await approveAll(fleet.server, run);
    await waitForState(fleet.server, run.summary.id, alpha.id, 'effective');
    expect(await installed(alpha, 'tool')).toBe('2');
  });

  test('another one does so while the relay’s link and the vendor are down', async () => {
    await Promise.all([link.cut(), fleet.mirror.stop()]);
    const run = await planFrom(fleet.server, snapshot, [beta.id], packages('tool'));
    const { fetchedBytes, fromRelayBytes } = await preStage(run.summary.id, beta);
    expect(fetchedBytes).toBeGreaterThan(TOOL_BYTES);
    expect(fromRelayBytes).toBe(fetchedBytes);
    await approveAll(fleet.server, run);
    await waitForState(fleet.server, run.summary.id, beta.id, 'effective');
    expect(await installed(beta, 'tool')).toBe('2');
    await Promise.all([link.mend(), fleet.mirror.start()]);
  });

  test('the relay tells what it saved, by relay and by site, also what it served without its link', async () => {
    const { lastSeenAt } = await bern();
    await relay.stop();
    // From now on on a thin line.
    relay.start('--rate-mb', '1');
    await online(lastSeenAt ?? '');
    const told = await waitFor('its figures', async () => ((await bern()).requests > 0 ? bern() : undefined));
    expect(told.hits).toBeGreaterThan(0);
    expect(told.hits).toBeLessThan(told.requests);
    // Twice to endpoints, once over the line.
    expect(told.servedBytes).toBeGreaterThan(2 * TOOL_BYTES);
    expect(told.fetchedBytes).toBeGreaterThan(TOOL_BYTES);
    expect(told.fetchedBytes).toBeLessThan(told.servedBytes);
    for (const [by, label] of [
      ['relay', 'bern'],
      ['site', 'Bern'],
    ] as const) {
      const { items, relayedBytes } = await fleet.server.client.savings({ by });
      expect(items.find((item) => item.label === label)?.servedBytes).toBe(told.servedBytes);
      expect(relayedBytes).toBe(told.servedBytes);
    }
  });

  test('a relay that dies in the middle of a file: the endpoint goes on with the server', async () => {
    // What it remembers of a relay that was away would send it to the server at once.
    await alpha.machine.shell('systemctl restart thimble-agent');
    const run = await approveAll(fleet.server, await planFrom(fleet.server, snapshot, [alpha.id], packages('big')));
    await waitForRun(fleet.server, run.summary.id, 'it is fetched', (each) => {
      const { state, stage } = targetOf(each, alpha.id);
      return state === 'working' && stage === 'downloading';
    });
    const fetched = await alpha.machine.shell(
      "for n in $(seq 300); do find /var/lib /var/cache -path '*partial/big_2*' -size +64k | grep . && exit; sleep 0.1; done; exit 1",
    );
    await relay.kill();
    expect(fetched).toContain('partial/big_2');
    expect(await installed(alpha, 'big')).toBe('1');
    await waitForState(fleet.server, run.summary.id, alpha.id, 'effective');
    expect(await installed(alpha, 'big')).toBe('2');
    const log = await alpha.machine.shell('journalctl --no-pager -o cat -u "thimble-agent*" -n 200');
    expect(log).toContain('content from relay bern:');
  });
});
