import type { Envelope } from '@thimble/protocol';
import type { SigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { AGENT_UNIT, startFleet, type Fleet } from '../end-to-end/fleet.ts';
import { agentStatus, forge, newOrderId, plant, stolenKey, untilRejected } from '../end-to-end/hostile-orders.ts';
import { admit, approve, discharge, outcome, plan, versionOf, type Patient } from '../end-to-end/patient.ts';
import { ordersOf } from '../end-to-end/records.ts';
import { waitFor } from '../end-to-end/wait-for.ts';

const availability = labForTests('a real endpoint and the order keys of its server');
const [OLD, NEW] = [
  { name: 'lab-tool', version: '1' },
  { name: 'lab-tool', version: '2' },
] as const;

/**
 * One test follows on another: the key is replaced while the endpoint works, twice more while it is off, and then used by a thief.
 * Left out only where no real endpoint can run (no root, apt, namespaces or overlayfs); `labForTests` says so on stderr.
 */
describe.skipIf(!availability.available)('a real endpoint', () => {
  let fleet: Fleet;
  let patient: Patient;
  let stolen: SigningKey;
  let captured: Envelope;

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'approvals: order keys', settings: { 'held-request-s': '3' } });
    patient = await admit(fleet, { name: 'patient', installed: [OLD], offered: [NEW, OLD] });
    stolen = stolenKey(fleet.server);
    const run = await plan(patient, 'lab-tool');
    captured = (await ordersOf(fleet.server, { runId: run.summary.id }))[0]?.envelope ?? missing();
  });
  afterAll(async () => {
    if (patient !== undefined) await discharge(patient);
    await fleet?.dispose();
  });

  const followed = async () =>
    (JSON.parse(await patient.machine.shell('thimble agent trust show --json')) as { orderKeys: unknown }).orderKeys;
  const following = (): Promise<unknown> =>
    waitFor(
      'the endpoint follows the newest list, and has said so',
      async () => (await fleet.server.client.orderKeys()).endpoints.following === 1,
      { state: async () => JSON.stringify([await followed(), await fleet.server.client.orderKeys()]) },
    );
  const untold = async (): Promise<void> =>
    expect(Object.keys((await agentStatus(patient.machine)).rejected)).toEqual([]);

  test('follows a key that replaces another, and takes its orders', async () => {
    await fleet.server.client.rotateOrderKey({ revoke: false });
    await following();
    expect(await followed()).toMatchObject({ sequence: 1, keyids: [stolenKey(fleet.server).keyid, stolen.keyid] });
    await plan(patient, 'lab-tool');
    await untold();
  });

  test('that was off while the key was replaced twice, and its server killed, is patched by the newest', async () => {
    await patient.machine.shell(`systemctl stop ${AGENT_UNIT}`);
    await fleet.server.client.rotateOrderKey({ revoke: true });
    const { sequence } = await fleet.server.client.rotateOrderKey({ revoke: true });
    await fleet.server.kill();
    await fleet.server.start();
    expect(await fleet.server.client.orderKeys()).toMatchObject({ sequence: 3, endpoints: { behind: 1 } });
    await patient.machine.shell(`systemctl start ${AGENT_UNIT}`);
    await following();
    expect(await followed()).toMatchObject({ sequence, keyids: [stolenKey(fleet.server).keyid] });
    const run = await plan(patient, 'lab-tool');
    await approve(patient, run);
    expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
    expect(await versionOf(patient, 'lab-tool')).toBe('2');
    await untold();
  });

  test('does nothing that a thief of an older key orders, also from the server itself', async () => {
    const forged = forge(captured, { id: newOrderId(), generation: 1_000, endpointId: patient.id }, stolen);
    const [signature] = forged.signatures;
    // Beside the name of a key that the server does not know, so that it hands the order out.
    const signatures = [{ keyid: 'a'.repeat(64), sig: signature?.sig ?? '' }, ...forged.signatures];
    await plant(fleet.server, patient.id, { ...forged, signatures }, newOrderId());
    await untilRejected(patient.machine, 'bad-signature', 0);
    expect((await agentStatus(patient.machine)).generation).toBeLessThan(1_000);
  });
});

function missing(): never {
  throw new Error('there is none');
}
