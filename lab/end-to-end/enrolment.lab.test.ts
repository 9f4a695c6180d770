import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { BaseImage } from '../base.ts';
import type { Endpoint } from '../endpoint.ts';
import { agentLog, startFleet, type Fleet } from './fleet.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('who gets in, and stays who it is');

/** The least that the server takes: copies show within a few check-ins. */
const CHECK_IN_S = 5;
const KILLS = 8;
/** Nothing is installed here. */
const NO_SOURCES = { suites: [] };

describe.skipIf(!availability.available)('enrolment of real endpoints', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet({ tag: 'enrolment', settings: { 'check-in-interval-s': String(CHECK_IN_S) } });
    await fleet.image();
  });
  afterAll(async () => {
    await fleet?.dispose();
  });

  const boot = async (name: string, base?: BaseImage): Promise<Endpoint> => {
    const machine = await fleet.lab.endpoint({ name, base: base ?? (await fleet.image()) });
    await machine.useMirror(fleet.mirror, NO_SOURCES);
    await machine.boot();
    return machine;
  };
  const command = async (options: object): Promise<string> =>
    (await fleet.server.client.createEnrolmentToken({ name: 'lab', expiresInHours: 1, ...options })).command;
  const idsOf = async (hostname: string): Promise<string[]> => {
    const { items } = await fleet.server.client.endpoints({ search: hostname });
    return items.filter((item) => item.hostname === hostname).map(({ id }) => id);
  };
  const status = async (machine: Endpoint): Promise<{ keyid: string; standing: unknown; trouble: string | null }> =>
    JSON.parse(await machine.shell('thimble agent status --json'));

  test('waits for a person, who compares the key; a token is of no use from another network', async () => {
    const machine = await boot('queued');
    await expect(machine.shell(await command({ networks: ['203.0.113.0/24'] }))).rejects.toThrow(/not valid/);
    const said = await machine.shell(
      await command({ networks: [`${machine.address}/32`], approve: true, labels: { role: 'lab' } }),
    );
    const { keyid } = await status(machine);
    expect(said).toContain(keyid);
    const { items } = await fleet.server.client.waitingEndpoints();
    expect(items.find(({ hostname }) => hostname === 'queued')).toMatchObject({ keyid, address: machine.address });
    await waitFor('it knows that it waits', async () => (await status(machine)).standing !== null);
    await fleet.server.client.admitEndpoints(items.map(({ id }) => id));
    const summary = await fleet.scanned('queued');
    expect(summary).toMatchObject({ labels: { role: 'lab' } });
    await waitFor('it knows that it is let in', async () => (await status(machine)).standing === null);
    await machine.destroy();
  });

  test('a change of key survives kill -9 at any moment', async () => {
    const { machine, id } = await fleet.member({ name: 'rotating', sources: NO_SOURCES });
    const before = (await fleet.server.client.endpointIdentity(id)).keyid;
    await machine.shell('thimble agent rotate-key');
    for (let kill = 0; kill < KILLS; kill += 1) {
      await machine.shell('systemctl restart thimble-agent');
      // Each life is a little longer than the one before, so that each ends at another step.
      await new Promise((resolve) => setTimeout(resolve, 400 + kill * 250));
      await machine.shell('systemctl kill --signal=KILL thimble-agent');
    }
    await machine.shell('systemctl reset-failed thimble-agent; systemctl restart thimble-agent');
    const after = await waitFor(
      'the new key is the one of both',
      async () => {
        const { keyid } = await fleet.server.client.endpointIdentity(id);
        const own = await status(machine);
        return keyid !== before && own.keyid === keyid && own.trouble === null ? keyid : undefined;
      },
      { state: () => agentLog(machine) },
    );
    expect(await machine.shell('ls /var/lib/thimble-agent')).not.toContain('new-key.pem');
    await machine.shell('thimble agent rotate-key');
    await waitFor('another one', async () => (await fleet.server.client.endpointIdentity(id)).keyid !== after);
    await machine.destroy();
  });

  test('machines that are cloned from a template enrol as endpoints of their own', async () => {
    const golden = await boot('golden');
    await golden.shell(`${await command({})} --template`);
    await fleet.scanned('golden');
    const image = await golden.freeze();
    const clones = [await boot('clone-1', image), await boot('clone-2', image)];
    for (const clone of clones) await fleet.scanned(clone.name);
    const ids = new Set([...(await idsOf('golden')), ...(await idsOf('clone-1')), ...(await idsOf('clone-2'))]);
    expect(ids.size).toBe(3);
    const keys = await Promise.all(clones.map(async (clone) => (await status(clone)).keyid));
    expect(new Set(keys).size).toBe(2);
    for (const clone of clones) await clone.destroy();
  });

  test('two copies with the machine id of the original are found out, quarantined and separated', async () => {
    const { machine, id } = await fleet.member({ name: 'twin', sources: NO_SOURCES });
    const machineId = await machine.shell('cat /etc/machine-id');
    const image = await machine.freeze();
    const copies: Endpoint[] = [];
    for (const name of ['twin-a', 'twin-b']) {
      const copy = await fleet.lab.endpoint({ name, base: image });
      await copy.useMirror(fleet.mirror, NO_SOURCES);
      await copy.write('/etc/machine-id', machineId);
      await copy.boot();
      copies.push(copy);
    }
    const identity = await waitFor('both are in quarantine', async () => {
      const found = await fleet.server.client.endpointIdentity(id);
      return found.quarantine === null ? undefined : found;
    });
    const [real, copy] = copies;
    if (real === undefined || copy === undefined) throw new Error('two copies were made');
    expect(identity.places.map(({ address }) => address)).toEqual(expect.arrayContaining([real.address, copy.address]));
    await fleet.server.client.separateEndpoint(id, await real.bootId());
    await waitFor(
      'the one that stays has a new key and is released',
      async () => {
        const found = await fleet.server.client.endpointIdentity(id);
        return found.quarantine === null && found.keyid !== identity.keyid;
      },
      { state: () => agentLog(real) },
    );
    await waitFor('the other one is refused', async () => /key-replaced/.test((await status(copy)).trouble ?? ''));
    await copy.shell('systemctl stop thimble-agent');
    await copy.shell(`${await command({})} --force`);
    const other = await waitFor('the other one is an endpoint of its own', async () =>
      (await idsOf('twin-b')).find((each) => each !== id),
    );
    expect((await fleet.server.client.endpointIdentity(other)).former).toMatchObject({ id });
    await waitFor('the first goes on', async () => (await status(real)).trouble === null);
    await copy.destroy();
    await real.destroy();
  });
});
