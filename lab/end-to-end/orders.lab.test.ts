import type { Envelope, Order } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { dpkgState, versionDifference, type DpkgState } from './dpkg-state.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { agentStatus, alter, forge, newOrderId, plant, stolenKey, unplant, untilRejected } from './hostile-orders.ts';
import { admit, approve, discharge, outcome, plan, type Patient } from './patient.ts';
import { chainHolds, orderIn, ordersOf } from './records.ts';
import { waitForState } from './runs.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('replayed and forged orders');

const OLD: VendorPackage = { name: 'lab-tool', version: '1' };
const NEW: VendorPackage = { name: 'lab-tool', version: '2' };

/**
 * A server that was broken into: whoever did it holds its TLS key, its database and, in some cases, the key that signs
 * orders. One endpoint was patched and rolled back, so that its captured order would patch it again if it were obeyed.
 */
describe.skipIf(!availability.available)('an endpoint refuses by itself', () => {
  let fleet: Fleet;
  let patient: Patient;
  let other: Patient;
  let captured: Envelope;
  let state: DpkgState;

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'orders', settings: { 'held-request-s': '3' } });
    await fleet.image();
    [patient, other] = await Promise.all([
      admit(fleet, { name: 'patient', installed: [OLD], offered: [NEW, OLD] }),
      admit(fleet, { name: 'other', installed: [OLD], offered: [NEW] }),
    ]);
    const run = await plan(patient, 'lab-tool');
    await approve(patient, run);
    expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
    await fleet.server.client.actOnRun(run.summary.id, 'roll-back', [patient.id]);
    await waitForState(fleet.server, run.summary.id, patient.id, 'rolled-back');
    const orders = await ordersOf(fleet.server, { runId: run.summary.id });
    captured = orders.find(({ kind }) => kind === 'apply')?.envelope ?? missing();
    state = await dpkgState(patient.machine);
    expect(state.versions.get('lab-tool:all')).toBe('1');
  });
  afterAll(async () => {
    for (const each of [patient, other]) if (each !== undefined) await discharge(each);
    await fleet?.dispose();
  });

  async function rejected(envelope: Envelope, why: string): Promise<void> {
    const before = (await agentStatus(patient.machine)).rejected[why] ?? 0;
    const id = newOrderId();
    await plant(fleet.server, patient.id, envelope, id);
    await untilRejected(patient.machine, why, before);
    await expectUntouched();
    // It says nothing about an order that nobody who may has signed.
    const [row] = (await ordersOf(fleet.server, { endpointId: patient.id })).filter((each) => each.id === id);
    expect(row?.outcome).toBeNull();
    await unplant(fleet.server, id);
  }

  async function expectUntouched(): Promise<void> {
    expect(versionDifference(state, await dpkgState(patient.machine))).toEqual([]);
  }

  const ordinary = (): Partial<Order> => ({ id: newOrderId(), generation: orderIn(captured).generation + 1000 });

  test('an order that another key has signed', async () => {
    await rejected(forge(captured, ordinary(), generateSigningKey()), 'bad-signature');
  });

  test('a genuine signature over another payload', async () => {
    await rejected(alter(captured, ordinary()), 'bad-signature');
  });

  test('a genuine order of another endpoint', async () => {
    const run = await plan(other, 'lab-tool');
    const [theirs] = await ordersOf(fleet.server, { runId: run.summary.id });
    await rejected(theirs?.envelope ?? missing(), 'wrong-endpoint');
  });

  test('a captured order that is served again: its outcome is repeated, not its work', async () => {
    const id = newOrderId();
    await plant(fleet.server, patient.id, captured, id);
    await waitFor('the endpoint has fetched the captured order', async () => {
      const [row] = (await ordersOf(fleet.server, { endpointId: patient.id })).filter((each) => each.id === id);
      return row?.delivered_at !== null;
    });
    // One order of the operator later, the captured one has surely been judged.
    const run = await plan(patient, 'lab-tool');
    expect(run.groups).toHaveLength(1);
    await expectUntouched();
    await unplant(fleet.server, id);
  });

  test.each<readonly [string, (order: Order) => Partial<Order>, string]>([
    ['of an older generation', () => ({ generation: 0 }), 'stale-generation'],
    ['that has expired', () => ({ expiresAt: '2020-01-01T00:00:00.000Z' }), 'expired'],
    [
      'whose transaction is not the one that was approved',
      ({ body }) => ({ body: withDigest(body, 'f'.repeat(64)) }),
      'digest-mismatch',
    ],
  ])("an order %s, signed with the server's own stolen key", async (_, change, code) => {
    const id = newOrderId();
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const generation = (await agentStatus(patient.machine)).generation + 1;
    const fresh = { generation, expiresAt, ...change(orderIn(captured)), id };
    await plant(fleet.server, patient.id, forge(captured, fresh, stolenKey(fleet.server)), id, fresh.generation);
    const row = await waitFor('the endpoint has answered', async () => {
      const rows = await ordersOf(fleet.server, { endpointId: patient.id });
      return rows.find((each) => each.id === id && each.outcome !== null);
    });
    expect(row.outcome?.result).toMatchObject({ kind: 'refused', code });
    await expectUntouched();
  });

  test('and obeys its operator afterwards as before', async () => {
    expect(await chainHolds(fleet.server)).toBe(true);
    // The intruder's generations are behind those of the server as soon as it has heard of them.
    const { generation } = await agentStatus(patient.machine);
    await waitFor('the server goes on above the generation that its endpoint reports', async () => {
      const [row] = await fleet.server.query<{ generation: string }>('select generation from endpoint where id = $1', [
        patient.id,
      ]);
      return Number(row?.generation) >= generation;
    });
    const run = await plan(patient, 'lab-tool');
    await approve(patient, run);
    expect(await outcome(patient, run)).toMatchObject({ state: 'effective' });
    expect((await dpkgState(patient.machine)).versions.get('lab-tool:all')).toBe('2');
    expect((await dpkgState(patient.machine)).audit).toBe('');
  });
});

function withDigest(body: Order['body'], transactionDigest: string): Order['body'] {
  return body.kind === 'apply' ? { ...body, transactionDigest } : body;
}

function missing(): never {
  throw new Error('the captured order is missing');
}
