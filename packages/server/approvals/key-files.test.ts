import type { ApproverSet, ApproverStatus, HaltStatus, SignedStatement } from '@thimble/protocol';
import { makePasskey } from '@thimble/protocol/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../testing.ts';
import { settle, startTestFleet, type TestFleet } from '../testing/test-fleet.ts';
import { openApprovals, testApprover, type TestApprover } from './testing/test-approvers.ts';

type Passkey = Pick<TestApprover, 'approver' | 'sign'>;
let fleet: TestFleet;
let web: FakeAgent;
/** Ada has a passkey and a key file. */
const [adaFile, bobFile] = [testApprover('Ada'), testApprover('Bob')];
const ada = byPasskey(adaFile);
const cyd = byPasskey(testApprover('Cyd'));
const eve = byPasskey(testApprover('Eve'));
const both = { ...adaFile.approver, keys: [...adaFile.approver.keys, ...ada.approver.keys] };

beforeAll(async () => {
  fleet = await startTestFleet();
  web = await fleet.agent('web1');
});
afterAll(async () => {
  await fleet.stop();
  expect(fleet.errors).toEqual([]);
});

/** The same person, who signs in with a passkey and nothing else. */
function byPasskey({ approver }: TestApprover): Passkey {
  const passkey = makePasskey();
  return {
    approver: { ...approver, keys: [passkey.key] },
    sign: ({ payloadType, payload }) => passkey.sign(payloadType, Buffer.from(payload, 'base64')),
  };
}

async function propose(body: Pick<ApproverSet, 'threshold' | 'approvers'> & { keyFilesAtLeast?: number }) {
  const { status, json } = await fleet.call('POST', '/approvers/proposals', body);
  return { status, ...(json as unknown as ApproverStatus) };
}

const signAt = (path: string, { signed }: { readonly signed: SignedStatement }, ...people: readonly Passkey[]) =>
  Promise.all(people.map(({ sign }) => fleet.call('POST', `${path}/signatures`, { signature: sign(signed) })));

test('a first set demands one key file where somebody has one and several sign, unless it says otherwise', async () => {
  const people = [adaFile.approver, cyd.approver, eve.approver];
  const firstOf = async (body: Parameters<typeof propose>[0]) => {
    const { active } = await propose(body);
    const { rows } = await fleet.context.database.pool.query('delete from approver_set returning 1');
    return [active?.set.keyFilesAtLeast, rows.length];
  };
  expect(await firstOf({ threshold: 2, approvers: people })).toEqual([1, 1]);
  expect(await firstOf({ threshold: 2, approvers: people, keyFilesAtLeast: 0 })).toEqual([undefined, 1]);
  expect(await firstOf({ threshold: 2, approvers: [cyd.approver, eve.approver] })).toEqual([undefined, 1]);
  expect(await firstOf({ threshold: 1, approvers: people })).toEqual([undefined, 1]);
  for (const keyFilesAtLeast of [2, 3])
    expect(await propose({ threshold: 2, approvers: people, keyFilesAtLeast })).toMatchObject({
      status: 422,
      code: 'unsound-set',
    });
});

describe('where one of two signatures is by a key file, passkeys alone decide nothing', () => {
  beforeAll(async () => {
    const { status } = await propose({ threshold: 2, approvers: [both, bobFile.approver, cyd.approver, eve.approver] });
    expect(status).toBe(201);
  });

  test('about a request, until somebody of them signs by key file as well', async () => {
    const run = await fleet.plannedRun([web]);
    expect(await fleet.approve(run)).toMatchObject({ status: 200 });
    const [approval] = await openApprovals(fleet);
    if (approval === undefined) throw new Error('approvers were not asked');
    const path = `/approvals/${approval.summary.id}`;
    await signAt(path, approval, ada, cyd);
    const explained = async () => (await fleet.run(run.summary.id)).targets[0]?.explanation ?? '';
    await settle(async () => (await explained()).includes('(2 of 2, a key file is still missing)'));
    expect((await web.takeOrders()).orders).toEqual([]);
    expect(await openApprovals(fleet)).toMatchObject([
      { summary: { progress: { keyFilesAtLeast: 1, signed: [{ kind: 'passkey' }, { kind: 'passkey' }] } } },
    ]);
    const [again] = await signAt(path, approval, ada);
    expect(again).toMatchObject({ status: 409, json: { code: 'already-signed' } });
    const [granted] = await signAt(path, approval, adaFile);
    expect(granted?.json).toMatchObject({
      summary: {
        state: 'granted',
        progress: { signed: expect.arrayContaining([expect.objectContaining({ name: 'Ada', kind: 'file' })]) },
      },
    });
    const [back] = await signAt(path, approval, ada);
    expect(back).toMatchObject({ status: 409 });
    await settle(async () =>
      (await web.takeOrders()).orders.some(({ approvalId }) => approvalId === approval.summary.id),
    );
  });

  test('about the end of a stop', async () => {
    await fleet.call('POST', '/emergency-stop', { action: 'stop', reason: 'a drill' });
    const { json } = await fleet.call('POST', '/emergency-stop', { action: 'go-on', reason: 'it is over' });
    const { pending } = json as unknown as HaltStatus;
    if (pending === null) throw new Error('nothing waits');
    const path = `/emergency-stop/${pending.id}`;
    expect(await signAt(path, pending, cyd, eve)).toMatchObject([
      { json: { halted: true } },
      { json: { halted: true } },
    ]);
    expect(await signAt(path, pending, bobFile)).toMatchObject([{ json: { halted: false } }]);
  });

  test('about the next set, which keeps the rule where it says nothing', async () => {
    const kept = await propose({ threshold: 2, approvers: [both, cyd.approver, eve.approver] });
    expect(kept.proposed?.set.keyFilesAtLeast).toBe(1);
    await fleet.call('DELETE', `/approvers/proposals/${kept.proposed?.id}`);
    const { proposed } = await propose({ threshold: 2, keyFilesAtLeast: 0, approvers: [cyd.approver, eve.approver] });
    if (proposed === null) throw new Error('nothing is proposed');
    const path = `/approvers/proposals/${proposed.id}`;
    for (const { json } of await signAt(path, proposed, cyd, eve))
      expect(json).toMatchObject({ active: { set: { version: 1 } } });
    const [changed] = await signAt(path, proposed, bobFile);
    expect(changed?.json).toMatchObject({ active: { set: { version: 2 } }, proposed: null });
  });
});
