import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineArchitecture } from '../architecture.ts';
import { labForTests } from '../availability.ts';
import { installAgent } from './agent-package.ts';
import { dpkgState } from './dpkg-state.ts';
import { startFleet, type Fleet, type Member } from './fleet.ts';
import { chainHolds, flawsOfOutcomes } from './records.ts';
import { approveAll, packages, planRun, targetOf, waitForState, waitForTargets } from './runs.ts';
import { waitFor } from './wait-for.ts';

const SECURITY = 'bookworm-security';
const KERNEL_DEADLINE_MS = 270_000;
const availability = labForTests('a kernel update on a real endpoint');

/** The endpoint shows the kernel release that was the newest in /boot when it booted, as a machine of its own would. */
describe.skipIf(!availability.available)('a kernel update', () => {
  let fleet: Fleet;
  let endpoint: Member;
  let metapackage = '';
  let runId = '';

  beforeAll(async () => {
    metapackage = `linux-image-cloud-${await machineArchitecture()}`;
    fleet = await startFleet({ tag: 'kernel', suites: ['bookworm', SECURITY] });
    endpoint = await fleet.member({
      name: 'kernel',
      base: 'kernel',
      runningKernel: { kind: 'newest-at-boot' },
      prepare: (machine) => installAgent(fleet.server, machine),
    });
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  const releases = async (): Promise<{ running: string; newest: string }> => ({
    running: (await endpoint.machine.read('/proc/sys/kernel/osrelease')).trim(),
    newest: (
      await endpoint.machine.shell("ls /boot/vmlinuz-* | sed 's,^/boot/vmlinuz-,,' | sort -V | tail -n 1")
    ).trim(),
  });
  const finding = async () => {
    const { items } = await fleet.server.client.endpointFindings(endpoint.id);
    return items.find((item) => item.package === metapackage);
  };

  test(
    'is installed, and says that it waits for a reboot, with both releases',
    async () => {
      const offered = (await fleet.mirror.snapshot.packages(SECURITY)).get(metapackage);
      const state = await dpkgState(endpoint.machine);
      const installed = state.versions.get(`${metapackage}:${await machineArchitecture()}`);
      expect(offered?.version, 'the archive has no newer kernel: the fixture is too new').not.toBe(installed);
      expect(await finding()).toMatchObject({ state: 'open', fixed: offered?.version });
      const before = await releases();
      expect(before.running).toBe(before.newest);

      const run = await planRun(fleet.server, [endpoint.id], packages(metapackage));
      runId = run.summary.id;
      expect(run.groups[0]?.transaction.reboot).toMatchObject({ needed: true });
      await approveAll(fleet.server, run);
      const done = await waitForTargets(fleet.server, runId, { deadlineMs: KERNEL_DEADLINE_MS });
      const after = await releases();
      expect(after.running).toBe(before.running);
      expect(after.newest).not.toBe(before.newest);
      const words = `kernel ${after.newest} installed, ${after.running} running`;
      expect(targetOf(done, endpoint.id)).toMatchObject({
        state: 'waits-for-reboot',
        explanation: expect.stringContaining(words),
        actions: expect.arrayContaining(['reboot']),
        outcome: { result: { kind: 'applied', verification: { effective: false, wrongVersions: [] } } },
      });
      await waitFor('the endpoint itself says the same', async () => {
        const { summary } = await fleet.server.client.endpoint(endpoint.id);
        return summary.state === 'waits' && summary.rebootRequired && summary.explanation.includes(words);
      });
    },
    KERNEL_DEADLINE_MS + 60_000,
  );

  test('keeps its finding open until the ordered reboot is proven', async () => {
    await waitFor('the finding knows', async () => (await finding())?.state === 'installed-not-effective', {
      state: async () => JSON.stringify(await finding()),
    });
    expect(await finding()).toMatchObject({ closedAt: null, explanation: expect.stringContaining('reboot') });
    const bootId = await endpoint.machine.bootId();
    const { newest } = await releases();
    await fleet.server.client.actOnRun(runId, 'reboot', [endpoint.id]);
    const target = await waitForState(fleet.server, runId, endpoint.id, 'effective');
    expect(target.outcome?.result).toMatchObject({
      kind: 'rebooted',
      bootIdBefore: bootId,
      bootIdAfter: await endpoint.machine.bootId(),
      verification: { effective: true, kernel: { running: newest, installed: newest, waitsForReboot: false } },
    });
    expect(await endpoint.machine.bootId()).not.toBe(bootId);
    expect((await releases()).running).toBe(newest);
    await waitFor('the finding is closed', async () => (await finding())?.state === 'closed');
    expect((await dpkgState(endpoint.machine)).audit).toBe('');
    expect(await flawsOfOutcomes(fleet.server, { endpointId: endpoint.id })).toEqual([]);
    expect(await chainHolds(fleet.server)).toBe(true);
  });
});
