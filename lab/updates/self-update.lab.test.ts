import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { AGENT_UNIT, agentLog, startFleet, type Fleet, type Member } from '../end-to-end/fleet.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { AgentReleases } from './releases.ts';

const availability = labForTests('agents that update themselves');
/** Three starts, five seconds between, and the check-ins around. */
const DEADLINE_MS = 180_000;
const GUARD = 'thimble-update-guard';

interface UpdateStatus {
  readonly running: string;
  readonly trial: string | null;
  readonly givenUp: readonly { readonly version: string; readonly reason: string }[];
}

describe.skipIf(!availability.available)('an agent that updates itself', () => {
  let fleet: Fleet;
  let releases: AgentReleases;
  let member: Member;

  beforeAll(async () => {
    releases = new AgentReleases();
    const settings = { 'agent-updates': releases.repository, 'agent-soak-hours': '0' };
    fleet = await startFleet({ tag: 'self-update', settings });
    // No suite is needed: nothing but the agent changes.
    member = await fleet.member({ name: 'updated', sources: { suites: [] } });
  });
  afterAll(async () => {
    await fleet?.dispose();
    releases?.dispose();
  });

  async function status(): Promise<UpdateStatus> {
    const said = await member.machine.shell('thimble agent status --json');
    return (JSON.parse(said) as { update: UpdateStatus }).update;
  }

  async function until(condition: string, holds: (now: UpdateStatus) => boolean): Promise<UpdateStatus> {
    return waitFor(
      condition,
      async () => {
        const now = await status();
        return holds(now) ? now : undefined;
      },
      {
        deadlineMs: DEADLINE_MS,
        state: async () => `${JSON.stringify(await status())}\n${await agentLog(member.machine)}`,
      },
    );
  }

  const isGuarded = async (): Promise<boolean> =>
    (await member.machine.exec(['systemctl', 'is-active', '--quiet', `${GUARD}.timer`])).code === 0;

  /** The version with which the endpoint checks in. */
  const seen = async (): Promise<string | undefined> => {
    const rows = await fleet.server.query<{ agent_version: string }>('select agent_version from heartbeat');
    return rows[0]?.agent_version;
  };

  test('takes nothing while no root is pinned, then the newer version, which stays', async () => {
    const { machine } = member;
    await releases.publish('0.2.0');
    const off = await machine.exec(['thimble', 'agent', 'update', '--check']);
    expect(off).toMatchObject({ code: 1, stderr: expect.stringContaining('no root') as string });
    expect(await status()).toMatchObject({ running: '0.1.0', trial: null });

    await machine.write('/root/root.json', readFileSync(releases.root));
    await machine.shell(`thimble agent update --trust-root /root/root.json; systemctl restart ${AGENT_UNIT}`);
    await until(
      'the new version runs and has proven itself',
      ({ running, trial }) => running === '0.2.0' && trial === null,
    );
    await waitFor('the server sees it', async () => ((await seen()) === '0.2.0' ? true : undefined));
    await waitFor('the guard is gone', async () => ((await isGuarded()) ? undefined : true));
  });

  test('a version that crashes at its start gives way to the one before, and is reported', async () => {
    releases.publishBroken('0.3.0', 'crashes');
    const after = await until('the broken version was given up', ({ givenUp }) => givenUp.length > 0);
    expect(after).toMatchObject({ running: '0.2.0', trial: null, givenUp: [{ version: '0.3.0' }] });
    await waitFor('the server knows', async () => {
      const rows = await fleet.server.query<{ version: string }>('select version from agent_given_up');
      return rows[0]?.version === '0.3.0' ? true : undefined;
    });
    expect(await seen()).toBe('0.2.0');
    expect((await member.machine.shell(`systemctl is-active ${AGENT_UNIT}`)).trim()).toBe('active');
  });

  test('a version that hangs gives way when its time is over, also when the power went in between', async () => {
    const { machine } = member;
    releases.publishBroken('0.4.0', 'hangs');
    await waitFor('it runs under a guard', async () => ((await isGuarded()) ? true : undefined), {
      deadlineMs: DEADLINE_MS,
      state: () => agentLog(machine),
    });
    await machine.powerOff();
    await machine.boot();
    await waitFor('the guard is armed anew', async () => ((await isGuarded()) ? true : undefined));
    expect(await status()).toMatchObject({ running: '0.2.0', trial: '0.4.0' });
    // As its timer does after ten minutes.
    await machine.shell(`systemctl start ${GUARD}.service`);
    const after = await until('the hanging version was given up', ({ givenUp }) => givenUp.length === 2);
    expect(after).toMatchObject({ running: '0.2.0', trial: null });
    expect(after.givenUp[1]).toMatchObject({ version: '0.4.0', reason: 'it did not check in within 10 minutes' });
    await waitFor('the server hears of it from the version before', async () => {
      const rows = await fleet.server.query<{ version: string }>('select version from agent_given_up');
      return rows.some(({ version }) => version === '0.4.0') && !(await isGuarded()) ? true : undefined;
    });
  });

  test('a repository that went back is refused', async () => {
    const bringBack = releases.remember();
    releases.publishBroken('0.5.0', 'crashes');
    expect(await member.machine.shell('thimble agent update --check')).toContain('Offered: 0.5.0');
    bringBack();
    const refused = await member.machine.exec(['thimble', 'agent', 'update', '--check']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is refused') as string });
    expect(await status()).toMatchObject({ running: '0.2.0', trial: null });
  });
});
