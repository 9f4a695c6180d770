import type { ApprovalFacts, RunFacts, TargetFacts } from './index.ts';
import { advanceTarget, memberProgress } from './index.ts';
import { applied, APPROVED, DIGEST, HOUR, NOW, order, PLAN, target } from './test-facts.ts';
import { describe, expect, it } from 'vitest';

const ONE = { people: 1, byKeyFile: 1 };
const approval = (rest: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  id: 'approval-1',
  actions: ['trial', 'apply', 'rollback', 'restart-services', 'reboot'],
  transactionDigests: [DIGEST],
  signed: { people: 2, byKeyFile: 0 },
  expiresAtMs: NOW + HOUR,
  ...rest,
});
const approvedTarget = (approvals: readonly ApprovalFacts[], rest: Partial<TargetFacts> = {}): TargetFacts =>
  target([PLAN], { approvedDigest: DIGEST, approvers: { demand: { threshold: 2 }, approvals }, ...rest });
const advance = (facts: TargetFacts, run: RunFacts = APPROVED) => advanceTarget(facts, run, NOW);
const ROLLOUT: RunFacts = { ...APPROVED, rollout: 'under-way' };

describe('an order that changes something', () => {
  it('waits for a key file where passkeys alone are not enough', () => {
    const demand = { threshold: 2, keyFilesAtLeast: 1 };
    const signedBy = (byKeyFile: number) =>
      advance({
        ...approvedTarget([]),
        approvers: { demand, approvals: [approval({ signed: { people: 2, byKeyFile } })] },
      });
    const { actions, report } = signedBy(0);
    expect(actions).toEqual([]);
    expect(report.explanation).toContain('signatures (2 of 2, a key file is still missing)');
    expect(signedBy(1).actions).toMatchObject([{ kind: 'issue-apply-order' }]);
  });

  it('is signed without more where no approvers are asked for', () => {
    const { actions, report } = advance(target([PLAN], { approvedDigest: DIGEST }));
    expect(actions).toMatchObject([{ kind: 'issue-apply-order' }]);
    expect(report.approvers).toEqual({ kind: 'free' });
  });

  it('names the approval that allows it', () => {
    const { actions } = advance(approvedTarget([approval()]));
    expect(actions).toMatchObject([{ kind: 'issue-apply-order', approvalId: 'approval-1' }]);
  });

  it('is done without restarts where they were not approved', () => {
    const narrow = approval({ actions: ['apply'] });
    const { actions } = advance(approvedTarget([narrow]));
    expect(actions).toMatchObject([{ kind: 'issue-apply-order', approvalId: 'approval-1', withoutRestarts: true }]);
    expect(advance(approvedTarget([approval()])).actions[0]).not.toHaveProperty('withoutRestarts');
    // What it waits for then is asked for by itself.
    const waits = applied({ effective: false, waits: [{ kind: 'service-restart', unit: 'ssh.service', reason: '' }] });
    const apply = order('apply', 2, { result: waits, transactionDigest: DIGEST, approvalId: 'approval-1' });
    const restart = approvedTarget([narrow], { orders: [PLAN, apply], request: 'restart-services' });
    expect(advance(restart)).toMatchObject({
      actions: [],
      report: { approvers: { kind: 'to-be-asked', action: 'restart-services', transactionDigest: null } },
    });
  });

  it.each<[string, readonly ApprovalFacts[], string, string]>([
    ['nobody was asked', [], 'to-be-asked', 'approvers are about to be asked'],
    ['one of two has signed', [approval({ signed: ONE })], 'waits', 'waits for approvers’ signatures (1 of 2)'],
    ['its time is over and too few signed', [approval({ signed: ONE, expiresAtMs: NOW })], 'expired', 'renew it'],
    ['what was signed is over', [approval({ expiresAtMs: NOW })], 'to-be-asked', 'about to be asked'],
    [
      'the approval is about another transaction',
      [approval({ transactionDigests: ['e'.repeat(64)] })],
      'to-be-asked',
      '',
    ],
    ['the approval allows only a trial', [approval({ actions: ['trial'] })], 'to-be-asked', ''],
  ])('is not signed when %s, and says so', (_, approvals, kind, words) => {
    const { actions, report } = advance(approvedTarget(approvals));
    expect(actions).toEqual([]);
    expect(report).toMatchObject({ underWay: true, approvers: { kind } });
    expect(report.explanation).toContain(words);
  });

  it('is tried on a clone only with signatures, too', () => {
    const { actions, report } = advance(approvedTarget([], { approvedDigest: null, request: 'trial' }));
    expect(actions).toEqual([]);
    expect(report.approvers).toEqual({ kind: 'to-be-asked', action: 'trial', transactionDigest: DIGEST });
  });

  it.each(['reboot', 'restart-services'] as const)(
    'keeps its request while signatures for a %s are missing',
    (request) => {
      const waits = applied({
        effective: false,
        waits: [{ kind: 'service-restart', unit: 'ssh.service', reason: 'uses replaced code' }],
      });
      const apply = order('apply', 2, { result: waits, transactionDigest: DIGEST });
      const facts = approvedTarget([approval({ transactionDigests: [], signed: { people: 0, byKeyFile: 0 } })], {
        orders: [PLAN, apply],
        request,
      });
      expect(advance(facts)).toMatchObject({ actions: [], report: { underWay: true, approvers: { kind: 'waits' } } });
      const signed = {
        ...facts,
        approvers: { demand: { threshold: 2 }, approvals: [approval({ transactionDigests: [] })] },
      };
      expect(advance(signed).actions).toEqual([
        expect.objectContaining({ approvalId: 'approval-1' }),
        { kind: 'clear-request', endpointId: 'endpoint-1' },
      ]);
    },
  );

  it.each<[string, Partial<ApprovalFacts>, string | null]>([
    ['by the approval of the transaction that it undoes', {}, 'approval-1'],
    ['not by one of another transaction', { transactionDigests: ['e'.repeat(64)] }, null],
    ['not by one by which it was not installed', { id: 'approval-2' }, null],
    ['by one that is about the way back alone', { id: 'approval-2', actions: ['rollback'] }, 'approval-2'],
  ])('goes back %s', (_, rest, approvalId) => {
    const apply = order('apply', 2, { result: applied(), transactionDigest: DIGEST, approvalId: 'approval-1' });
    const { actions } = advance(approvedTarget([approval(rest)], { orders: [PLAN, apply], request: 'roll-back' }));
    if (approvalId === null) expect(actions).toEqual([]);
    else expect(actions[0]).toMatchObject({ kind: 'issue-rollback-order', approvalId });
  });
});

describe('what changes nothing', () => {
  it.each<[string, TargetFacts]>([
    ['a plan', target([], { approvers: { demand: { threshold: 2 }, approvals: [] } })],
    ['a stop', approvedTarget([], { orders: [order('apply', 2)], request: 'cancel' })],
  ])('%s needs no signatures', (_, facts) => {
    expect(advance(facts).actions).not.toEqual([]);
  });
});

describe('a rollout', () => {
  it('asks for signatures as soon as there is a plan, before its window', () => {
    const facts = approvedTarget([], { approvedDigest: null });
    expect(advance(facts, ROLLOUT).report).toMatchObject({
      underWay: false,
      approvers: { kind: 'to-be-asked', action: 'apply', transactionDigest: DIGEST },
    });
    expect(advance(facts, APPROVED).report.approvers).toEqual({ kind: 'free' });
  });
});

describe('a member of a rollout', () => {
  it('that was let install says what it waits for', () => {
    const facts = approvedTarget([approval({ signed: ONE })]);
    expect(memberProgress(facts, ROLLOUT, NOW)).toMatchObject({
      kind: 'working',
      held: 'waits for approvers’ signatures (1 of 2)',
    });
    expect(memberProgress(approvedTarget([approval()]), ROLLOUT, NOW)).not.toHaveProperty('held');
  });
});

describe('an emergency stop', () => {
  it('holds every order and keeps what was asked for', () => {
    const run: RunFacts = { ...APPROVED, halted: 'a key was stolen' };
    for (const facts of [target([]), approvedTarget([approval()])]) {
      const { actions, report } = advance(facts, run);
      expect(actions).toEqual([]);
      expect(report.explanation).toContain('emergency stop: a key was stolen');
    }
  });

  it('lets what is under way be stopped', () => {
    const facts = target([PLAN, order('apply', 2)], { request: 'cancel' });
    expect(advance(facts, { ...APPROVED, halted: 'x' }).actions).toMatchObject([{ kind: 'stop-order' }, {}]);
  });
});

// Facts are data of the server's own database: an approval never counts for more than it says.
it('never names an approval whose signatures do not suffice', () => {
  for (const people of [0, 1]) {
    const facts = approvedTarget([
      approval({ id: 'weak', signed: { people, byKeyFile: people } }),
      approval({ id: 'old', expiresAtMs: NOW - 1 }),
    ]);
    expect(advance(facts).actions).toEqual([]);
  }
});
