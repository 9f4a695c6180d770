import type { OrderBody, OutcomeResult, Transaction } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startContentSite, type ContentSite } from '../acquire/testing/content-site.ts';
import { enrolAgent, installAgent } from '../acquire/testing/install-agent.ts';
import { serveOrders, type OrderServer } from '../acquire/testing/order-server.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorPackage,
  type VendorRepository,
} from '../index.ts';

const availability = labForTests("trials by an agent in its unit's sandbox");
/** Its own check-ins come once a day: those of the test are the only ones. */
const BY_TIMER = ['--mode', 'timer', '--every', '1440'];
const CHECK_IN = 'thimble-agent-check-in.service';
const MIB = 1024 * 1024;
const RULES = { checks: [], deadlineSeconds: 120, diskBytes: 512 * MIB, memoryBytes: 512 * MIB };

/** The unit may neither mount nor make namespaces (systemd.exec(5)): the clone is made outside of it, and dies with it. */
describe.skipIf(!availability.available)("trials by an agent in its unit's sandbox", () => {
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let endpoint: Endpoint;
  let site: ContentSite;
  let server: OrderServer;

  beforeAll(async () => {
    lab = await createLab({ tag: 'rollouts: trial' });
    mirror = await startMirror({ host: lab.gateway });
    vendor = await createVendorRepository('vendor', mirror);
    [endpoint, site] = await Promise.all([
      lab.endpoint({ name: 'trial', base: 'web' }),
      startContentSite('server', lab.gateway, new Map()),
    ]);
    server = serveOrders(site);
    await installAgent(endpoint);
    await endpoint.boot();
    await vendor.publish({ packages: [{ name: 'tool', version: '1' }] });
    await endpoint.useMirror(mirror, { suites: [], vendors: [vendor] });
    await endpoint.shell('apt-get -q update >/dev/null; apt-get -q -y install tool </dev/null');
    await enrolAgent(endpoint, server, BY_TIMER);
    await endpoint.shell(`systemctl stop thimble-agent.timer; systemctl start ${CHECK_IN}`);
  });
  afterAll(async () => {
    await Promise.all([site?.close(), mirror?.stop()]);
    await vendor?.dispose();
    await lab?.destroy();
  });

  /** More often than systemd lets a unit be started. */
  const checkIn = () =>
    endpoint.exec(['sh', '-c', 'systemctl reset-failed "$0"; systemctl start "$0"', CHECK_IN], { timeoutMs: 240_000 });
  const order = async (body: OrderBody): Promise<OutcomeResult> => {
    const id = server.give(body);
    await checkIn();
    return server.outcome(id);
  };
  /** The agent keeps the files that it fetched: a version is published once. */
  let offers = 0;
  const offer = async (next: Partial<VendorPackage>): Promise<Transaction> => {
    offers += 1;
    await vendor.publish({
      packages: [
        { name: 'tool', version: '1' },
        { name: 'tool', version: `2.${offers}`, ...next },
      ],
    });
    const result = await order({ kind: 'plan', selection: { kind: 'packages', packages: [{ name: 'tool' }] } });
    if (result.kind !== 'planned') throw new Error(`no plan: ${JSON.stringify(result)}`);
    return result.transaction;
  };
  const trialOf = (transaction: Transaction): OrderBody => ({
    kind: 'trial',
    transaction,
    transactionDigest: transactionSha256(transaction),
    rules: RULES,
  });
  const scriptRuns = async () => (await endpoint.exec(['pgrep', '-f', 'tool.postinst'])).code === 0;
  const remains = () =>
    endpoint.shell(
      'grep -c . /proc/1/mountinfo; systemctl list-units --all --no-legend "thimble-trial*"; ls -A /var/lib/agent-of-the-test/*/trials 2>/dev/null || :',
    );

  test('a good update passes, and the endpoint stays as it is', async () => {
    const before = await remains();
    const transaction = await offer({});
    expect(await order(trialOf(transaction))).toMatchObject({ kind: 'tried', report: { verdict: 'passed' } });
    expect(await endpoint.shell("dpkg-query -W -f '${Version}' tool")).toBe('1');
    expect(await remains()).toBe(before);
  });

  test('a maintainer script that fails is caught', async () => {
    const transaction = await offer({ scripts: { postinst: 'exit 3' } });
    expect(await order(trialOf(transaction))).toMatchObject({
      kind: 'tried',
      report: { verdict: 'failed', brokenPackages: ['tool'] },
    });
  });

  test('an agent that is killed takes its trial with it, and tries again in its next life', async () => {
    const transaction = await offer({ scripts: { postinst: 'sleep 20' } });
    const before = await remains();
    const id = server.give(trialOf(transaction));
    const died = checkIn();
    await waitFor('the script runs', scriptRuns);
    await endpoint.shell(`systemctl kill -s KILL ${CHECK_IN}`);
    await died;
    await waitFor('the trial is gone', async () => !(await scriptRuns()));
    await checkIn();
    expect(server.outcome(id)).toMatchObject({ kind: 'tried', report: { verdict: 'passed' } });
    expect(await remains()).toBe(before);
  });
});
