import {
  APPROVAL_PAYLOAD_TYPE,
  canonicalJson,
  SERVER_TIME_PAYLOAD_TYPE,
  type ApprovalStatement,
  type Envelope,
  type OrderBody,
  type RunDetail,
  type Transaction,
} from '@thimble/protocol';
import { signEnvelope, transactionSha256 } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, signed } from '@thimble/protocol/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { dpkgState, versionDifference, type DpkgState } from '../end-to-end/dpkg-state.ts';
import { AGENT_UNIT, startFleet, type Fleet } from '../end-to-end/fleet.ts';
import { agentStatus, forge, newOrderId, plant, stolenKey } from '../end-to-end/hostile-orders.ts';
import { admit, approve, discharge, outcome, plan, versionOf, type Patient } from '../end-to-end/patient.ts';
import { orderIn, ordersOf } from '../end-to-end/records.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import { give, resultOf } from '../rollouts/deploy-order.ts';
import { createVendorRepository } from '../vendor/vendor-repository.ts';
import { askedFor, person, signBy } from './approvers.ts';
import { HOSTILE_REPLIES } from './hostile-replies.ts';
import { json, standInFor, type Thief } from './thief.ts';

const availability = labForTests('a stolen server against its endpoints');
const [ada, bob, cyd] = [makeKeyFile(), makeKeyFile(), makeKeyFile()] as const;
const [OLD, MIDDLE, NEW] = ['1', '2', '3'].map((version) => ({ name: 'lab-tool', version })) as [
  { name: string; version: string },
  { name: string; version: string },
  { name: string; version: string },
];
const TRIAL_RULES = { checks: [], deadlineSeconds: 600, diskBytes: 4e9, memoryBytes: 1e9 } as const;

/**
 * Somebody has the whole server: its process, its database and the key that signs orders. First against an endpoint of which nobody
 * demands approvals, then against the same one after its owner chose approvers.
 */
describe.skipIf(!availability.available)('a stolen server', () => {
  let fleet: Fleet;
  let patient: Patient;
  let first: RunDetail;
  let transaction: Transaction;
  let state: DpkgState;
  let bootId: string;

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'approvals: stolen server', settings: { 'held-request-s': '3' } });
    patient = await admit(fleet, { name: 'patient', installed: [OLD], offered: [MIDDLE, OLD] });
  });
  afterAll(async () => {
    if (patient !== undefined) await discharge(patient);
    await fleet?.dispose();
  });

  const applying = (what: Transaction): OrderBody => ({
    kind: 'apply',
    transaction: what,
    transactionDigest: transactionSha256(what),
    restartServices: true,
  });
  const planned = async (): Promise<Transaction> => {
    const run = await plan(patient, 'lab-tool');
    const found = run.groups[0]?.transaction;
    if (found === undefined) throw new Error('the endpoint plans nothing');
    return found;
  };

  /** Orders that the server gives itself are above the thief's again. */
  const caughtUp = () =>
    waitFor('the server has heard the generation of its endpoint', async () => {
      const [row] = await fleet.server.query<{ generation: string }>('select generation from endpoint where id = $1', [
        patient.id,
      ]);
      return Number(row?.generation) >= (await agentStatus(patient.machine)).generation;
    });

  describe('where nobody demands approvals', () => {
    test('can’t install what the vendor has not signed: apt refuses the repository', async () => {
      const genuine = await planned();
      const impostor = await createVendorRepository(patient.vendor.name, fleet.mirror);
      try {
        await impostor.publish({ packages: [{ name: 'lab-tool', version: '99' }, OLD] });
        const forged: Transaction = {
          ...genuine,
          changes: genuine.changes.map((change) => ({ ...change, to: '99', sha256: 'a'.repeat(64) })),
        };
        const result = await resultOf(patient, await give(patient, applying(forged)));
        expect(['refused', 'failed']).toContain(result.kind);
        expect(JSON.stringify(result)).toMatch(/signature|NO_PUBKEY|not signed/i);
        expect(await versionOf(patient, 'lab-tool')).toBe('1');
      } finally {
        await impostor.dispose();
        fleet.mirror.serve(`vendor/${patient.vendor.name}`, (path) => patient.vendor.answer(path));
      }
      await patient.vendor.publish({ packages: [MIDDLE, OLD] });
    });

    test.each<[string, object]>([
      ['a step that is a path', { before: ['../../../bin/sh'] }],
      ['a step that is a command', { after: ['touch /run/owned; reboot'] }],
      ['a check that is a command', { checks: [{ command: '$(touch /run/owned)' }] }],
      ['a question that leads off the machine', { checks: [{ http: 'http://169.254.169.254/latest/' }] }],
    ])('can’t give it %s', async (_, rules) => {
      const body = applying(await planned());
      const deploy = { before: [], after: [], fileSystemSnapshot: 'none', checks: [], ...rules };
      // The stolen server signs what no schema lets through.
      const orderId = await give(patient, JSON.parse(JSON.stringify({ ...body, deploy })) as OrderBody);
      expect(await resultOf(patient, orderId)).toMatchObject({ kind: 'refused', code: 'malformed' });
      await caughtUp();
      expect((await patient.machine.exec(['test', '-e', '/run/owned'])).code).not.toBe(0);
      expect(await versionOf(patient, 'lab-tool')).toBe('1');
    });

    test('can install what the vendor has signed, and can keep it back: that is what approvals are for', async () => {
      const result = await resultOf(patient, await give(patient, applying(await planned())));
      expect(result).toMatchObject({ kind: 'applied' });
      expect(await versionOf(patient, 'lab-tool')).toBe('2');
    });
  });

  describe('where two of three have to approve', () => {
    beforeAll(async () => {
      await fleet.server.client.proposeApprovers({
        threshold: 2,
        approvers: [person('Ada', ada.key), person('Bob', bob.key), person('Cyd', cyd.key)],
      });
      await waitFor(
        'the endpoint has heard who its approvers are',
        async () => (await trust())['demandedSignatures'] === 2,
      );
      await patient.vendor.publish({ packages: [NEW, MIDDLE, OLD] });
      first = await plan(patient, 'lab-tool');
      await approve(patient, first);
      const asked = await askedFor(fleet.server, first.summary.id);
      for (const by of [ada, bob]) await signBy(fleet.server, asked, by);
      expect(await outcome(patient, first)).toMatchObject({ state: 'effective' });
      const applied = (await ordersOf(fleet.server, { runId: first.summary.id })).find(({ kind }) => kind === 'apply');
      transaction = first.groups[0]?.transaction ?? missing();
      captured = applied?.envelope ?? missing();
      state = await dpkgState(patient.machine);
      bootId = await patient.machine.shell('cat /proc/sys/kernel/random/boot_id');
    });
    let captured: Envelope;

    const trust = async () =>
      JSON.parse(await patient.machine.shell('thimble agent trust show --json')) as Record<string, unknown>;
    const untouched = async (): Promise<void> => {
      expect(versionDifference(state, await dpkgState(patient.machine))).toEqual([]);
      expect(await patient.machine.shell('cat /proc/sys/kernel/random/boot_id')).toBe(bootId);
    };

    test.each<[string, () => OrderBody]>([
      ['install', () => applying(transaction)],
      [
        'try on a clone',
        () => ({
          kind: 'trial',
          transaction,
          transactionDigest: transactionSha256(transaction),
          rules: { ...TRIAL_RULES, checks: [] },
        }),
      ],
      [
        'go back',
        () => ({
          kind: 'rollback',
          undoes: newOrderId(),
          transaction,
          transactionDigest: transactionSha256(transaction),
          restartServices: true,
        }),
      ],
      ['restart services', () => ({ kind: 'restart-services' })],
      ['reboot', () => ({ kind: 'reboot', reason: 'because' })],
      [
        'run the endpoint’s own steps',
        () => ({
          ...applying(transaction),
          deploy: { before: ['anything'], after: [], fileSystemSnapshot: 'none', checks: [] },
        }),
      ],
    ])('can’t make the endpoint %s with the order key alone', async (_, body) => {
      const result = await resultOf(patient, await give(patient, body()));
      expect(result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      await untouched();
    });

    test('can’t use an approval of its own making, signed by people of its own', async () => {
      const { statement } = await fleet.server.client.approval((await approvalOf(first)).id);
      const id = newOrderId();
      const forged = { ...statement, id, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
      const { payload } = signed(forged, APPROVAL_PAYLOAD_TYPE, []);
      await fleet.server.query(
        `insert into approval_request (id, organisation_id, run_id, state, title, payload, actions, transaction_count,
           endpoint_count, created_at, created_by, expires_at)
         select $1, organisation_id, run_id, 'granted', title, $2, actions, 1, 1, now(), 'intruder', now() + interval '1 hour'
         from approval_request where id = $3`,
        [id, Buffer.from(payload, 'base64').toString('utf8'), statement.id],
      );
      const orderId = await give(patient, applying(transaction), { approvalId: id });
      await fleet.server.query('update endpoint_order set approval_id = $2 where id = $1', [orderId, id]);
      expect(await resultOf(patient, orderId)).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      await untouched();
    });

    test('can’t use a genuine approval again', async () => {
      const { id } = await approvalOf(first);
      const orderId = await give(patient, applying(transaction), { approvalId: id });
      await fleet.server.query('update endpoint_order set approval_id = $2 where id = $1', [orderId, id]);
      expect(await resultOf(patient, orderId)).toMatchObject({ kind: 'refused' });
      await untouched();
    });

    test('can’t serve a captured order again, whatever its row says', async () => {
      const id = newOrderId();
      await plant(fleet.server, patient.id, captured, id);
      await waitFor('the endpoint has fetched the captured order, and checked in since', async () => {
        const row = (await ordersOf(fleet.server, { endpointId: patient.id })).find((each) => each.id === id);
        const { summary } = await fleet.server.client.endpoint(patient.id);
        return row?.delivered_at != null && Date.parse(summary.lastSeenAt ?? '') > row.delivered_at.getTime() + 10_000;
      });
      await untouched();
    });

    test('can’t put other approvers in their place', async () => {
      const { active } = await fleet.server.client.approvers();
      if (active === null) throw new Error('there are approvers');
      const intruder = makeKeyFile();
      const own = { ...makeApproverSet(active.set.organisationId, 1, [[intruder]], active.set) };
      const { payload } = signed(own, APPROVAL_PAYLOAD_TYPE, []);
      await fleet.server.query(`update approver_set set state = 'replaced' where state = 'active'`);
      await fleet.server.query(
        `insert into approver_set (id, organisation_id, version, state, payload, proposed_at, proposed_by, activated_at)
         select $1, organisation_id, version + 1, 'active', $2, now(), 'intruder', now() from approver_set where id = $3`,
        [newOrderId(), Buffer.from(payload, 'base64').toString('utf8'), active.id],
      );
      // The new process believes the database.
      await fleet.server.stop();
      await fleet.server.start();
      expect((await fleet.server.client.approvers()).active?.set.version).toBe(2);
      const result = await resultOf(patient, await give(patient, applying(transaction)));
      expect(result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      await untouched();
      expect(await patient.machine.shell('thimble agent trust show')).toContain('2 of 3 have to sign');
    });

    test('can’t do with another order key what it can’t with this one, although the endpoint follows it', async () => {
      const { sequence } = await fleet.server.client.rotateOrderKey({ revoke: true });
      await waitFor('the endpoint follows the list of the thief', async () => {
        const { orderKeys } = (await trust()) as { orderKeys: { sequence: number } };
        return orderKeys.sequence === sequence;
      });
      const result = await resultOf(patient, await give(patient, applying(transaction)));
      expect(result).toMatchObject({ kind: 'refused', code: 'approval-missing' });
      await untouched();
    });

    describe('with a server of the thief’s own in its place', () => {
      let thief: Thief;
      beforeAll(async () => {
        await patient.machine.shell(`systemctl stop ${AGENT_UNIT}`);
        await fleet.server.stop();
        thief = await standInFor(fleet.server);
      });
      afterAll(async () => {
        await thief?.close();
        await fleet.server.start();
        await patient.machine.shell(`systemctl start ${AGENT_UNIT}`);
      });

      const checkIn = () => patient.machine.exec(['thimble', 'agent', 'check-in'], { timeoutMs: 60_000 });

      test.each(HOSTILE_REPLIES)('does nothing after a reply %s', async (_, answer) => {
        thief.answer = (path, response, request) =>
          path === 'check-in' ? answer(path, response, request) : void response.writeHead(503).end();
        const before = thief.asked.length;
        await checkIn();
        expect(thief.asked.slice(before)).toContain('check-in');
        await untouched();
      });

      test.each([
        ['the past', -7_200_000],
        ['a far future', 1_000 * 365 * 86_400_000],
      ])('can’t make an approval valid that is over, with a clock in %s', async (_, aheadMs) => {
        const invalid = async () => ((await trust())['refused'] as Record<string, number>)['approval-invalid'] ?? 0;
        const [before, reply] = [await invalid(), await overdue(new Date(Date.now() + aheadMs))];
        thief.answer = (_, response) => {
          response.setHeader('date', new Date(reply.serverTime).toUTCString());
          json(response, reply);
        };
        await checkIn();
        expect(await invalid()).toBe(before + 1);
        await untouched();
      });

      /** All that an agent asks for in one: an approval of two people that ended an hour ago, and an order under it. */
      async function overdue(at: Date) {
        const { organisationId, endpointId } = orderIn(captured);
        const key = stolenKey(fleet.server);
        const [id, serverTime] = [newOrderId(), at.toISOString()];
        const statement: ApprovalStatement = {
          format: 1,
          kind: 'approval',
          id,
          organisationId,
          runId: newOrderId(),
          title: 'never used',
          snapshotId: null,
          transactions: [{ transactionDigest: transactionSha256(transaction), endpointIds: [endpointId] }],
          endpointIds: [],
          actions: ['apply', 'restart-services'],
          notBefore: '2026-01-01T00:00:00.000Z',
          expiresAt: new Date(Date.now() - 3_600_000).toISOString(),
        };
        const generation = (await agentStatus(patient.machine)).generation + 1;
        const expiresAt = new Date(at.getTime() + 3_600_000).toISOString();
        const order = { id: newOrderId(), approvalId: id, generation, expiresAt, body: applying(transaction) };
        const time = Buffer.from(canonicalJson({ time: serverTime, endpointId }));
        return {
          wanted: [],
          checkInIntervalSeconds: 5,
          ordersWaiting: true,
          serverTime,
          orders: [forge(captured, order, key)],
          cancellations: [],
          approvals: [signed(statement, APPROVAL_PAYLOAD_TYPE, [ada, bob])],
          trust: {
            approverSets: [],
            orderKeys: [],
            halt: null,
            serverTime: signEnvelope(SERVER_TIME_PAYLOAD_TYPE, time, [key]),
          },
        };
      }
    });

    test('can’t use people of the endpoint who are not root: nothing of the agent is theirs', async () => {
      const { machine } = patient;
      for (const command of ['trust reset --yes', 'check-in', 'unenroll --yes']) {
        const argv = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'thimble', 'agent'];
        expect((await machine.exec([...argv, ...command.split(' ')])).code).not.toBe(0);
      }
      expect(await machine.shell('thimble agent trust show')).toContain('2 of 3 have to sign');
      await untouched();
    });

    test('is told of by the endpoint, by why and how often', async () => {
      const { refused } = (await trust()) as { refused: Record<string, number> };
      expect(refused['approval-missing']).toBeGreaterThanOrEqual(7);
    });
  });

  async function approvalOf({ summary }: RunDetail): Promise<{ readonly id: string }> {
    const { items } = await fleet.server.client.approvals();
    return items.find(({ runId }) => runId === summary.id) ?? missing();
  }
});

function missing(): never {
  throw new Error('it should be there');
}
