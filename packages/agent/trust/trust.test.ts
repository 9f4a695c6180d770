import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  APPROVER_SET_PAYLOAD_TYPE,
  canonicalJson,
  type Order,
  type OutcomeResult,
  type TrustNews,
} from '@thimble/protocol';
import { generateSigningKey, sha256 } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, signed, type TestApprover } from '@thimble/protocol/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enroll } from '../enrolment/enroll.ts';
import { agentStatus } from '../enrolment/status.ts';
import { runOnce } from '../run/once.ts';
import { makeBench, until, type Bench } from '../testing/agent-under-test.ts';
import { APPROVAL_ID, approvedBy, makeApproval } from '../testing/approvals.ts';
import { applied, checkpointOf, fakeDriver } from '../testing/fake-driver.ts';
import { ORGANISATION_ID } from '../testing/fake-server.ts';
import { haltByApprovers, haltByKey, makeHalt, makeNews, orderKeyList } from '../testing/news.ts';
import { APPLY, makeOrder, orderId, seal } from '../testing/orders.ts';
import { pinApprovers, pinApproverSet, resetTrust } from './change-by-hand.ts';
import { trustReport } from './trust-report.ts';

const [anna, carla]: readonly [TestApprover, TestApprover] = [makeKeyFile(), makeKeyFile()];
const berta = makePasskey();
const set = makeApproverSet(ORGANISATION_ID, 2, [[anna], [berta], [carla]]);
const digest = sha256(canonicalJson(set));
const shownSet = signed(set, APPROVER_SET_PAYLOAD_TYPE, []);

let bench: Bench;
let n = 0;
beforeEach(async () => {
  bench = await makeBench();
  n = 0;
});
afterEach(() => bench.clean());

function news(change: Partial<TrustNews> = {}, key = bench.server.orderKey): TrustNews {
  return makeNews(key, { approverSets: [shownSet], ...change }, new Date(Date.now() + n).toISOString());
}

/** Gives one order to an agent that runs once, and returns how it ended. */
async function give(change: Partial<Order> = {}, key = bench.server.orderKey): Promise<OutcomeResult | undefined> {
  n += 1;
  bench.server.orders.splice(0, Infinity, seal(makeOrder(n, APPLY, change), key));
  await runOnce(bench.options(fakeDriver(() => Promise.resolve(applied(false)))));
  bench.server.orders.length = 0;
  return bench.server.outcomes.get(orderId(n))?.result;
}

const report = () => trustReport(bench.stateDirectory, Date.now());
const missing = { kind: 'refused', code: 'approval-missing' };
const approval = { approvalId: APPROVAL_ID };

describe('an endpoint to which a set of approvers was shown', () => {
  beforeEach(() => {
    bench.server.news = news();
    bench.server.approvals = [approvedBy(makeApproval(), anna, berta)];
  });

  test('does what two of three approve, once, refuses everything else, and tells how often', async () => {
    expect(await give()).toMatchObject(missing);
    expect(await give(approval)).toMatchObject({ kind: 'applied' });
    expect(await give(approval)).toMatchObject({ kind: 'refused', code: 'approval-invalid' });
    bench.server.approvals = [approvedBy(makeApproval(), anna)];
    expect(await give(approval)).toMatchObject(missing);
    await runOnce(bench.options());
    expect(bench.server.checkIns.at(-1)?.trust).toMatchObject({
      approverSetVersion: 1,
      approverSetSha256: digest,
      refused: [
        { code: 'approval-missing', count: 2 },
        { code: 'approval-invalid', count: 1 },
      ],
    });
  });

  test('goes on demanding signatures when the server is another one day, with the keys, but without the people', async () => {
    await give();
    bench.server.news = news({
      approverSets: [signed(makeApproverSet(ORGANISATION_ID, 0, [], set), APPROVER_SET_PAYLOAD_TYPE, [])],
    });
    expect(await give()).toMatchObject(missing);
    bench.server.news = null;
    expect(await give()).toMatchObject(missing);
    expect((await agentStatus(bench.stateDirectory)).explanation).toContain(
      'orders need the signatures of 2 approvers',
    );
    expect((await report()).refused).toMatchObject({ 'approver-set-refused': 1 });
  });

  test('stops by the order key, and goes on by two approvers', async () => {
    bench.server.news = news({ halt: haltByKey(makeHalt(1, 'stop'), bench.server.orderKey) });
    expect(await give(approval)).toMatchObject({ kind: 'refused', code: 'halted' });
    expect((await report()).halted).toBe('a drill');
    bench.server.news = news({ halt: haltByKey(makeHalt(2, 'go-on'), bench.server.orderKey) });
    expect(await give(approval)).toMatchObject({ kind: 'refused', code: 'halted' });
    bench.server.news = news({ halt: haltByApprovers(makeHalt(2, 'go-on'), anna, carla) });
    expect(await give(approval)).toMatchObject({ kind: 'applied' });
  });

  test.each(['service', 'timer'])(
    'ends what is not past its point of no return when it is stopped (%s)',
    async (mode) => {
      bench.server.orders.push(seal(makeOrder(1, APPLY, approval), bench.server.orderKey));
      let begun = false;
      const driver = fakeDriver(async ({ signal }) => {
        begun = true;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        return { kind: 'cancelled', stage: 'downloading' };
      });
      const stop = async () => {
        await until(() => begun);
        bench.server.news = news({ halt: haltByApprovers(makeHalt(1, 'stop'), carla) });
        bench.server.wake();
        await until(() => bench.server.outcomes.size > 0);
      };
      if (mode === 'service') await bench.during(driver, stop);
      else await Promise.all([runOnce(bench.options(driver)), stop()]);
      expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'refused', code: 'halted' });
    },
  );

  test('follows the order key to the next one', async () => {
    const { orderKey } = bench.server;
    const next = generateSigningKey();
    bench.server.news = news({ orderKeys: [orderKeyList(1, [next], orderKey)] }, next);
    expect(await give(approval, next)).toMatchObject({ kind: 'applied' });
    expect(await give(approval, orderKey)).toBeUndefined();
    expect((await report()).orderKeys).toEqual({ sequence: 1, keyids: [next.keyid] });
    expect((await report()).lastSignedTime).not.toBeNull();
  });

  test('finishes what it began under an order key that was replaced meanwhile', async () => {
    const { orderKey } = bench.server;
    const next = generateSigningKey();
    bench.server.orders.push(seal(makeOrder(1, APPLY, approval), orderKey));
    let begun = false;
    const hanging = fakeDriver(async (task) => {
      await task.pointOfNoReturn(checkpointOf(task.orderId));
      begun = true;
      await new Promise<void>((resolve) => task.signal.addEventListener('abort', () => resolve(), { once: true }));
      throw new Error('the agent ends');
    });
    await bench.during(hanging, async () => {
      await until(() => begun);
      bench.server.news = news({ orderKeys: [orderKeyList(1, [next], orderKey)] }, next);
      bench.server.wake();
      await until(() => bench.server.checkIns.some(({ trust }) => trust?.orderKeysSequence === 1));
    });
    await runOnce(bench.options(fakeDriver(() => Promise.resolve(applied(true)))));
    expect(bench.server.outcomes.get(orderId(1))?.result).toMatchObject({ kind: 'applied' });
  });

  test('begins anew when root says so, and not while its agent runs', async () => {
    await give();
    const before = bench.server.checkIns.length;
    await bench.during(fakeDriver(), async () => {
      await until(() => bench.server.checkIns.length > before);
      await expect(resetTrust(bench.stateDirectory)).rejects.toMatchObject({ code: 'already-running' });
    });
    bench.server.news = null;
    await resetTrust(bench.stateDirectory);
    expect((await report()).demandedSignatures).toBe(0);
    expect(await give()).toMatchObject({ kind: 'applied' });
  });
});

describe('a pinned set of approvers', () => {
  async function pinnedAnew(approversSha256: string): Promise<void> {
    const { stateDirectory, server } = bench;
    const caFingerprint = (await agentStatus(stateDirectory)).caFingerprint ?? '';
    const { token, url: serverUrl } = server;
    await enroll({ serverUrl, token, stateDirectory, caFingerprint, force: true, approversSha256 });
  }

  test('at enrolment holds from the first moment, and another one is never taken', async () => {
    await pinnedAnew(digest.toUpperCase());
    expect(await give()).toMatchObject(missing);
    expect((await report()).demandedSignatures).toBeNull();
    bench.server.news = news({
      approverSets: [signed(makeApproverSet(ORGANISATION_ID, 0, []), APPROVER_SET_PAYLOAD_TYPE, [])],
    });
    expect(await give()).toMatchObject(missing);
    bench.server.news = news();
    bench.server.approvals = [approvedBy(makeApproval(), berta, carla)];
    expect(await give(approval)).toMatchObject({ kind: 'applied' });
  });

  test('that is none is refused before anything is done', async () => {
    await expect(pinnedAnew('abc')).rejects.toMatchObject({ code: 'bad-approvers' });
  });

  test('by hand takes the place of what was believed, by digest or as a file', async () => {
    bench.server.news = news({
      approverSets: [signed(makeApproverSet(ORGANISATION_ID, 0, []), APPROVER_SET_PAYLOAD_TYPE, [])],
    });
    expect(await give()).toMatchObject({ kind: 'applied' });
    await pinApprovers(bench.stateDirectory, digest);
    expect(await give()).toMatchObject(missing);
    expect(await pinApproverSet(bench.stateDirectory, Buffer.from(JSON.stringify(shownSet)))).toBe(digest);
    expect((await report()).approvers).toMatchObject({ version: 1, threshold: 2, sha256: digest });
    expect(await give()).toMatchObject(missing);
    const foreign = canonicalJson({ ...set, organisationId: orderId(7) });
    for (const file of ['{}', 'x', foreign, canonicalJson({ ...set, threshold: 9 })])
      await expect(pinApproverSet(bench.stateDirectory, Buffer.from(file))).rejects.toMatchObject({
        code: 'bad-approvers',
      });
  });
});

test('damaged trust is never taken for none, and root can begin anew', async () => {
  writeFileSync(join(bench.stateDirectory, 'trust'), 'garbage');
  await expect(runOnce(bench.options())).rejects.toMatchObject({ code: 'state-damaged' });
  await resetTrust(bench.stateDirectory);
  expect((await runOnce(bench.options())).contacted).toBe(true);
});
