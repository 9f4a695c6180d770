import { EMPTY_JOURNAL, type ApprovalUse, type JudgedBy } from '@thimble/agent-core';
import {
  canonicalJson,
  type ApprovalStatement,
  type Order,
  type OrderBody,
  type SignedStatement,
} from '@thimble/protocol';
import { generateSigningKey, sha256, signStatement, transactionSha256, verifyingKey } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, type TestApprover } from '@thimble/protocol/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { APPROVAL_ID, approvedBy, makeApproval } from '../testing/approvals.ts';
import { TRANSACTION } from '../testing/fake-driver.ts';
import { ENDPOINT_ID, ORGANISATION_ID } from '../testing/fake-server.ts';
import { APPLY, makeOrder, orderId, seal } from '../testing/orders.ts';
import { judgeOrder } from '../orders/judge.ts';
import { createApprovalReader } from './read-approvals.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00.000Z');
const key = generateSigningKey();
const [anna, carla, stranger]: readonly [TestApprover, TestApprover, TestApprover] = [
  makeKeyFile(),
  makeKeyFile(),
  makeKeyFile(),
];
const anna2 = makeKeyFile();
/** What whoever has stolen the server can sign with. */
const orderKey: TestApprover = {
  key: { kind: 'file', keyid: key.keyid, publicKey: key.publicKey },
  sign: (payloadType, payload) => signStatement(payloadType, payload, key),
};
const berta = makePasskey();
const set = makeApproverSet(ORGANISATION_ID, 2, [[anna, anna2], [berta], [carla]]);
const pinned = { set, sha256: sha256(canonicalJson(set)) };
const digest = transactionSha256(TRANSACTION);
const other = orderId(99);

interface Circumstances {
  readonly approvals?: readonly SignedStatement[];
  readonly uses?: readonly ApprovalUse[];
  readonly gate?: Partial<JudgedBy['gate']>;
}

function judge(order: Order, { approvals = [], uses = [], gate = {} }: Circumstances = {}) {
  const read = createApprovalReader();
  return judgeOrder(seal(order, key), {
    identity: { endpointId: ENDPOINT_ID, organisationId: ORGANISATION_ID },
    keys: new Map([[key.keyid, verifyingKey(key.publicKey)]]),
    journal: { ...EMPTY_JOURNAL, uses },
    nowMs: NOW_MS,
    gate: {
      halted: null,
      approvers: { kind: 'signatures', demand: set, find: (id) => read(approvals, pinned).get(id) ?? null },
      earliestMs: NOW_MS,
      latestMs: NOW_MS,
      ...gate,
    },
  });
}

const order = (body: OrderBody = APPLY, change: Partial<Order> = {}) =>
  makeOrder(1, body, { approvalId: APPROVAL_ID, ...change });
const approved = (change: Partial<ApprovalStatement> = {}) => [approvedBy(makeApproval(change), anna, berta)];
const TRIAL: OrderBody = {
  kind: 'trial',
  transaction: TRANSACTION,
  transactionDigest: digest,
  rules: { checks: [], deadlineSeconds: 60, diskBytes: 1, memoryBytes: 1 },
};
const REBOOT: OrderBody = { kind: 'reboot', reason: 'a kernel' };
const RESTART: OrderBody = { kind: 'restart-services' };
const inverse = { ...TRANSACTION, changes: [] };
const ROLLBACK: OrderBody = {
  kind: 'rollback',
  undoes: orderId(50),
  transaction: inverse,
  transactionDigest: transactionSha256(inverse),
  restartServices: true,
};
const applied: ApprovalUse = {
  orderId: orderId(50),
  approvalId: APPROVAL_ID,
  action: 'apply',
  transactionDigest: digest,
  expiresAt: '2099-01-01T00:00:00.000Z',
  end: 'done',
  inverseDigest: transactionSha256(inverse),
};
const accepted = { kind: 'accept' };
const missing = { kind: 'refuse', code: 'approval-missing' };
const invalid = { kind: 'refuse', code: 'approval-invalid' };

describe('an endpoint that demands two approvers', () => {
  test.each<[string, OrderBody]>([
    ['apply', APPLY],
    ['trial', TRIAL],
    ['reboot', REBOOT],
    ['restart-services', RESTART],
  ])('does %s with an approval that two people signed, and not without', (_kind, body) => {
    expect(judge(order(body), { approvals: approved() })).toMatchObject(accepted);
    expect(judge(makeOrder(1, body))).toMatchObject(missing);
    expect(judge(order(body))).toMatchObject(missing);
    expect(judge(order(body), { approvals: [approvedBy(makeApproval(), anna)] })).toMatchObject(missing);
  });

  test.each<[string, OrderBody]>([
    ['scan', { kind: 'scan' }],
    ['plan', { kind: 'plan', selection: { kind: 'all' } }],
  ])('does %s without one: it changes nothing', (_kind, body) => {
    expect(judge(makeOrder(1, body))).toMatchObject(accepted);
  });

  test.each<[string, SignedStatement]>([
    ['one person with two keys', approvedBy(makeApproval(), anna, anna2)],
    ['one person and a stranger', approvedBy(makeApproval(), anna, stranger)],
    ['one person and the order key', approvedBy(makeApproval(), anna, orderKey)],
    ['nobody', approvedBy(makeApproval())],
  ])('takes no approval of %s', (_who, approval) => {
    expect(judge(order(), { approvals: [approval] })).toMatchObject(missing);
  });

  test('takes sign-ins of two people for no approval where one of them has to sign by key file', () => {
    const emil = makePasskey();
    const demanding = { ...makeApproverSet(ORGANISATION_ID, 2, [[anna], [berta], [emil]]), keyFilesAtLeast: 1 };
    const judged = (...approvals: readonly SignedStatement[]) => {
      const read = createApprovalReader();
      const held = { set: demanding, sha256: sha256(canonicalJson(demanding)) };
      const find = (id: string) => read(approvals, held).get(id) ?? null;
      return judge(order(), { gate: { approvers: { kind: 'signatures', demand: demanding, find } } });
    };
    const byPasskeys = approvedBy(makeApproval(), berta, emil);
    const withKeyFile = approvedBy(makeApproval(), berta, anna);
    expect(judged(byPasskeys)).toMatchObject({
      ...missing,
      message: expect.stringContaining('key file is still missing'),
    });
    expect(judged(withKeyFile)).toMatchObject(accepted);
    // Nor does one hide the other, whichever comes first.
    expect(judged(byPasskeys, withKeyFile)).toMatchObject(accepted);
    expect(judged(withKeyFile, byPasskeys)).toMatchObject(accepted);
    expect(judged(approvedBy(makeApproval(), anna))).toMatchObject(missing);
  });

  test.each<[string, Partial<ApprovalStatement>]>([
    ['another organisation', { organisationId: other }],
    ['another endpoint', { transactions: [{ transactionDigest: digest, endpointIds: [other] }] }],
    ['another transaction', { transactions: [{ transactionDigest: 'a'.repeat(64), endpointIds: [ENDPOINT_ID] }] }],
    ['this endpoint, but no transaction', { transactions: [], endpointIds: [ENDPOINT_ID] }],
    ['another snapshot', { snapshotId: other }],
    ['other actions', { actions: ['trial', 'rollback', 'restart-services', 'reboot'] }],
    ['an installation without restarts', { actions: ['apply'] }],
    ['a time that is over', { expiresAt: '2026-05-31T23:59:59.999Z' }],
    ['a time to come', { notBefore: '2026-06-01T00:05:00.001Z' }],
    ['no time at all', { expiresAt: '2026-99-01T00:00:00.000Z' }],
    ['a beginning that is no time', { notBefore: '2026-99-01T00:00:00.000Z' }],
  ])('applies nothing under an approval for %s', (_what, change) => {
    expect(judge(order(), { approvals: approved(change) })).toMatchObject(invalid);
  });

  test('takes no other statement of approvers for an approval', () => {
    const value = { ...makeApproval(), kind: 'halt' };
    expect(
      judge(order(), { approvals: [approvedBy(value as unknown as ApprovalStatement, anna, berta)] }),
    ).toMatchObject(invalid);
    const otherType = approved().map((each) => ({ ...each, payloadType: 'application/vnd.thimble.halt+json' }));
    expect(judge(order(), { approvals: otherType })).toMatchObject(missing);
  });

  test('holds an order against the approval that it names, whatever lies beside it', () => {
    const decoy = approvedBy(makeApproval(), stranger);
    expect(judge(order(), { approvals: [decoy, ...approved(), decoy] })).toMatchObject(accepted);
    expect(judge(order(APPLY, { approvalId: other }), { approvals: approved() })).toMatchObject(missing);
  });

  test('goes by the latest clock for the end and by the earliest for the beginning', () => {
    const until = { expiresAt: '2026-06-01T01:00:00.000Z', notBefore: '2026-05-31T23:00:00.000Z' };
    const hourMs = 3_600_000;
    expect(judge(order(), { approvals: approved(until), gate: { latestMs: NOW_MS + 2 * hourMs } })).toMatchObject(
      invalid,
    );
    expect(judge(order(), { approvals: approved(until), gate: { earliestMs: NOW_MS - 2 * hourMs } })).toMatchObject(
      invalid,
    );
  });

  test('whose pinned set has not come does nothing', () => {
    expect(judge(order(), { approvals: approved(), gate: { approvers: { kind: 'set-unknown' } } })).toMatchObject(
      missing,
    );
  });

  test('that is stopped does nothing but report, whoever approves', () => {
    const gate = { halted: 'a drill' };
    for (const body of [APPLY, TRIAL, REBOOT, RESTART, { kind: 'plan', selection: { kind: 'all' } }] as const)
      expect(judge(order(body), { approvals: approved(), gate })).toMatchObject({ kind: 'refuse', code: 'halted' });
    expect(judge(order({ kind: 'scan' }), { gate })).toMatchObject(accepted);
  });

  test.each<[string, (text: string) => string]>([
    ['with a member twice', (text) => text.replace('"actions":', '"actions":["trial"],"actions":')],
    ['with white space', (text) => text.replace('{', '{ ')],
    ['in another order', (text) => text.replace(/^\{("actions":\[.*?\]),(.*)\}$/, '{$2,$1}')],
    ['with something behind it', (text) => `${text}\n`],
    ['with an escape that means a letter', (text) => text.replace('A drill', '\\u0041 drill')],
  ])('takes no approval that is spelt in another way than its canonical one: %s', (_, spell) => {
    const text = canonicalJson(makeApproval());
    const payload = Buffer.from(spell(text));
    expect(payload.toString()).not.toBe(text);
    const payloadType = 'application/vnd.thimble.approval+json';
    const signatures = [anna, berta].map((person) => person.sign(payloadType, payload));
    const approval = { payloadType, payload: payload.toString('base64'), signatures };
    expect(judge(order(), { approvals: [approval] })).toMatchObject(missing);
  });

  test('accepts nothing when one bit of the approval was changed', () => {
    const [good] = approved();
    if (good === undefined) throw new Error('there is one');
    const bytes = Buffer.from(good.payload, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(judge(order(), { approvals: [{ ...good, payload: changed.toString('base64') }] })).toMatchObject(
          missing,
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('what was done under an approval', () => {
  test('is not done again, whatever the order’s id and generation', () => {
    expect(judge(order(), { approvals: approved(), uses: [applied] })).toMatchObject(invalid);
    expect(judge(order(), { approvals: approved(), uses: [{ ...applied, approvalId: other }] })).toMatchObject(
      accepted,
    );
  });

  test('may be tried again a few times where it failed', () => {
    const failed = (n: number): ApprovalUse => ({
      ...applied,
      orderId: orderId(n),
      end: 'failed',
      inverseDigest: null,
    });
    expect(judge(order(), { approvals: approved(), uses: [failed(1), failed(2), failed(3)] })).toMatchObject(accepted);
    expect(judge(order(), { approvals: approved(), uses: [failed(1), failed(2), failed(3), failed(4)] })).toMatchObject(
      invalid,
    );
  });

  test('is undone exactly, once, and only by the approval that allowed it', () => {
    const under = (uses: readonly ApprovalUse[], change: Partial<ApprovalStatement> = {}, body: OrderBody = ROLLBACK) =>
      judge(order(body), { approvals: approved(change), uses });
    expect(under([applied])).toMatchObject(accepted);
    expect(under([])).toMatchObject(invalid);
    expect(under([{ ...applied, approvalId: other }])).toMatchObject(invalid);
    expect(under([{ ...applied, inverseDigest: 'a'.repeat(64) }])).toMatchObject(invalid);
    expect(under([{ ...applied, inverseDigest: null }])).toMatchObject(invalid);
    expect(under([applied], { actions: ['apply', 'restart-services'] })).toMatchObject(invalid);
    expect(under([applied], {}, { ...ROLLBACK, undoes: orderId(51) })).toMatchObject(invalid);
    const rolledBack: ApprovalUse = {
      ...applied,
      orderId: orderId(60),
      action: 'rollback',
      transactionDigest: applied.inverseDigest,
    };
    expect(under([applied, rolledBack])).toMatchObject(invalid);
  });

  test('is undone later by an approval of the way back itself, of what was installed or of what it takes', () => {
    const actions: ApprovalStatement['actions'] = ['rollback', 'restart-services'];
    const before = { ...applied, approvalId: null };
    expect(judge(order(ROLLBACK), { approvals: approved({ actions }), uses: [before] })).toMatchObject(accepted);
    expect(judge(order(ROLLBACK), { approvals: approved({ actions }), uses: [] })).toMatchObject(invalid);
    const transactions = [{ transactionDigest: ROLLBACK.transactionDigest, endpointIds: [ENDPOINT_ID] }];
    expect(judge(order(ROLLBACK), { approvals: approved({ actions, transactions }), uses: [] })).toMatchObject(
      accepted,
    );
  });
});
