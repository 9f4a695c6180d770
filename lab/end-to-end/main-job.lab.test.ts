import type { RunDetail } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { installAgent } from './agent-package.ts';
import { changesInWords, dpkgState, versionDifference, type DpkgState } from './dpkg-state.ts';
import { AGENT_UNIT, startFleet, type Fleet, type Member } from './fleet.ts';
import { pendingSecurity } from './pending-security.ts';
import { chainHolds, flawsOfOutcomes, ordersOf } from './records.ts';
import { approveAll, planRun, targetOf, waitForState, waitForTargets } from './runs.ts';
import { failedUnits, mainPid, staleProcesses, webStatus } from './services.ts';
import { waitFor } from './wait-for.ts';

const SECURITY = 'bookworm-security';
const availability = labForTests('the main job on real endpoints');

/** One test follows on another, as the job does: find, plan, approve, patch, prove, undo, refuse. */
describe.skipIf(!availability.available)('the main job on three real endpoints', () => {
  let fleet: Fleet;
  let members: readonly Member[] = [];
  let before: readonly DpkgState[] = [];
  let run: RunDetail;
  const [FIRST, SECOND, WITHOUT_NGINX] = [0, 1, 2] as const;
  const member = (index: number): Member => members[index] ?? missing(`member ${index}`);
  const stateBefore = (index: number): DpkgState => before[index] ?? missing(`state of member ${index}`);

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'main job', suites: ['bookworm', SECURITY] });
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  test('endpoints enrol with the .deb and the ready command, and run the agent as a service', async () => {
    // Two are equal, one has no web server.
    members = await Promise.all(
      ['alpha', 'beta', 'gamma'].map((name, index) => admitted(fleet, name, index !== WITHOUT_NGINX)),
    );
    for (const { machine } of members) {
      expect(await machine.shell(`systemctl is-active ${AGENT_UNIT}; systemctl is-enabled ${AGENT_UNIT}`)).toBe(
        'active\nenabled\n',
      );
      expect(await failedUnits(machine)).toEqual([]);
    }
    before = await Promise.all(members.map(({ machine }) => dpkgState(machine)));
  });

  test("the inventory is dpkg's own, with every version and status", async () => {
    for (const [index, { id }] of members.entries()) {
      const { items } = await fleet.server.client.endpointPackages(id);
      const reported = (field: (item: (typeof items)[number]) => string) =>
        items.map((item) => `${item.name}:${item.architecture} ${field(item)}`).sort();
      const { versions, statuses } = stateBefore(index);
      expect(reported(({ version }) => version)).toEqual([...versions].map((entry) => entry.join(' ')));
      expect(reported(({ status }) => status)).toEqual([...statuses].map((entry) => entry.join(' ')));
    }
  });

  test("the pending security updates are what Debian's frozen index has newer, and there are some", async () => {
    for (const [index, { id, machine }] of members.entries()) {
      const expected = await pendingSecurity(fleet.mirror.snapshot, SECURITY, stateBefore(index));
      expect(expected.length, `${machine.name} has no pending security update: the fixture is too new`).toBeGreaterThan(
        0,
      );
      const { items } = await fleet.server.client.endpointUpdates(id);
      const security = items.filter((item) => item.security);
      expect(
        security.map((item) => `${item.name}:${item.architecture} ${item.installed} → ${item.candidate}`).sort(),
      ).toEqual(expected);
      const summary = (await fleet.server.client.endpoint(id)).summary;
      expect(summary).toMatchObject({
        state: 'exposed',
        securityUpdateCount: expected.length,
        openFindingCount: expected.length,
      });
    }
  });

  test('plans come from the endpoints themselves, equal ones in one group', async () => {
    run = await planRun(
      fleet.server,
      members.map(({ id }) => id),
      { kind: 'security' },
    );
    expect(run.summary.state).toBe('awaiting-approval');
    const groups = run.groups.map(({ endpointIds }) => [...endpointIds].sort()).sort((a, b) => b.length - a.length);
    expect(groups).toEqual([[member(FIRST).id, member(SECOND).id].sort(), [member(WITHOUT_NGINX).id]]);
    // Planning changes nothing.
    for (const [index, { machine }] of members.entries())
      expect(versionDifference(stateBefore(index), await dpkgState(machine))).toEqual([]);
  });

  test('each endpoint gets exactly the approved transaction, and its services run the new code', async () => {
    const sshBefore = await mainPid(member(FIRST).machine, 'ssh.service');
    await approveAll(fleet.server, run);
    run = await waitForTargets(fleet.server, run.summary.id, { deadlineMs: 240_000 });
    for (const [index, { id, machine }] of members.entries()) {
      const target = targetOf(run, id);
      expect(target, JSON.stringify(target.outcome)).toMatchObject({ state: 'effective' });
      const group = run.groups.find(({ endpointIds }) => endpointIds.includes(id)) ?? missing('its group');
      const after = await dpkgState(machine);
      expect(versionDifference(stateBefore(index), after)).toEqual(changesInWords(group.transaction.changes));
      expect(after.audit).toBe('');
      expect(await staleProcesses(machine)).toEqual([]);
      expect(await failedUnits(machine)).toEqual([]);
      expect(target.outcome?.result).toMatchObject({
        kind: 'applied',
        verification: {
          effective: true,
          wrongVersions: [],
          brokenPackages: [],
          staleProcesses: [],
          waits: [],
          gaps: [],
        },
      });
    }
    expect(await mainPid(member(FIRST).machine, 'ssh.service')).not.toBe(sshBefore);
    expect(await webStatus(member(FIRST).machine)).toBe('200');
    expect(run.summary.state).toBe('finished');
  });

  test('the findings are closed, and the endpoints are current', async () => {
    for (const { id } of members) {
      const summary = await waitFor('no finding is open', async () => {
        const each = (await fleet.server.client.endpoint(id)).summary;
        return each.openFindingCount === 0 && each.state !== 'patching' ? each : undefined;
      });
      expect(summary).toMatchObject({ state: 'current', securityUpdateCount: 0 });
      const { items } = await fleet.server.client.endpointFindings(id);
      expect(items.length).toBeGreaterThan(0);
      expect(items.filter(({ state, closedAt }) => state !== 'closed' || closedAt === null)).toEqual([]);
    }
  });

  test('an endpoint is rolled back to the versions before', async () => {
    const { id, machine } = member(SECOND);
    await fleet.server.client.actOnRun(run.summary.id, 'roll-back', [id]);
    const target = await waitForState(fleet.server, run.summary.id, id, 'rolled-back', 240_000);
    expect(target.outcome?.result).toMatchObject({ kind: 'applied', verification: { wrongVersions: [] } });
    const after = await dpkgState(machine);
    expect(versionDifference(stateBefore(SECOND), after)).toEqual([]);
    expect([...after.statuses]).toEqual([...stateBefore(SECOND).statuses]);
    expect(after.audit).toBe('');
    expect(await webStatus(machine)).toBe('200');
    expect(await failedUnits(machine)).toEqual([]);
    expect(await staleProcesses(machine)).toEqual([]);
    // What it lacks again is a finding again.
    await waitFor('the findings are open again', async () => {
      const { summary } = await fleet.server.client.endpoint(id);
      return summary.openFindingCount > 0 && summary.state === 'exposed';
    });
  });

  test('an endpoint whose resolver disagrees with what was approved refuses, shows the difference and changes nothing', async () => {
    const { id, machine } = member(SECOND);
    const planned = await planRun(fleet.server, [id], { kind: 'security' });
    const changes = planned.groups[0]?.transaction.changes ?? missing('a planned change');
    const openssl = changes.find(({ name }) => name === 'openssl') ?? missing('a pending openssl');
    // Somebody else upgrades one of the packages between the plan and the approval.
    await machine.shell(
      `apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --only-upgrade openssl=${openssl.to} </dev/null`,
    );
    const between = await dpkgState(machine);
    await approveAll(fleet.server, planned);
    const target = targetOf(await waitForTargets(fleet.server, planned.summary.id), id);
    expect(target.state).toBe('refused');
    const result = target.outcome?.result;
    expect(result).toMatchObject({ kind: 'refused', code: 'transaction-differs' });
    const difference = result?.kind === 'refused' ? result.difference : null;
    expect(difference?.missing.map(({ name }) => name)).toContain('openssl');
    expect(target.explanation).toContain('openssl');
    expect(versionDifference(between, await dpkgState(machine))).toEqual([]);
    // The next plan is of the endpoint as it is now, and goes through.
    await fleet.server.client.actOnRun(planned.summary.id, 'retry', [id]);
    const again = await waitForState(fleet.server, planned.summary.id, id, 'planned');
    expect(again.transactionDigest).not.toBe(target.transactionDigest);
    await approveAll(fleet.server, await fleet.server.client.run(planned.summary.id));
    await waitForState(fleet.server, planned.summary.id, id, 'effective', 240_000);
  });

  test('each order has one outcome, the evidence holds, and orders reached their endpoints at once', async () => {
    expect(await flawsOfOutcomes(fleet.server, {})).toEqual([]);
    expect(await chainHolds(fleet.server)).toBe(true);
    const evidence = await fleet.server.client.runEvidence(run.summary.id);
    expect(evidence.envelopes.length).toBe((await ordersOf(fleet.server, { runId: run.summary.id })).length);
    const delays = (await ordersOf(fleet.server, { runId: run.summary.id })).map(
      ({ issued_at, delivered_at }) => (delivered_at?.getTime() ?? Number.NaN) - issued_at.getTime(),
    );
    process.stdout.write(`orders reached their endpoints after ${delays.join(', ')} ms\n`);
    expect(delays.filter(Number.isNaN)).toEqual([]);
  });
});

async function admitted(fleet: Fleet, name: string, web: boolean): Promise<Member> {
  return fleet.member({
    name,
    base: 'web',
    prepare: async (machine) => {
      if (!web) await machine.shell('dpkg --purge nginx nginx-light nginx-common libnginx-mod-http-echo 2>&1');
      await installAgent(fleet.server, machine);
    },
  });
}

function missing(what: string): never {
  throw new Error(`${what} is missing`);
}
