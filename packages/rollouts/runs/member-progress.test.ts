import { describe, expect, test } from 'vitest';
import type { MemberProgress } from '../planner/facts.ts';
import type { OrderFacts, ResultFacts, TargetFacts } from './facts.ts';
import { memberProgress } from './member-progress.ts';
import { applied, APPROVED, DIGEST, HOUR, MINUTE, NOW, order, PLAN, REBOOT, target } from './test-facts.ts';

const refused = (code: Extract<ResultFacts, { kind: 'refused' }>['code']): ResultFacts => ({
  kind: 'refused',
  code,
  message: `${code}!`,
});
const ended = (kind: OrderFacts['kind'], generation: number, result: ResultFacts) =>
  order(kind, generation, { result, resultAtMs: NOW - MINUTE });
const closed = (kind: OrderFacts['kind'], generation: number, delivered: boolean) =>
  order(kind, generation, {
    deliveredAtMs: delivered ? NOW - HOUR : null,
    closed: { reason: 'silent', atMs: NOW - MINUTE },
  });
const asking = (stage: 'waiting-for-consent' | 'rebooting') =>
  order('reboot', 3, { progress: { stage, percent: null, message: '' } });
const INSTALLED = ended('apply', 2, applied());

describe('the progress of a member of a rollout', () => {
  test.each<[string, TargetFacts | null, Partial<MemberProgress>]>([
    ['who has no part in its run was not asked', null, { kind: 'not-asked' }],
    ['who was asked is planning, also before its order is there', target([]), { kind: 'planning' }],
    ['a plan is planned', target([PLAN]), { kind: 'planned', transactionDigest: DIGEST, preStage: 'none' }],
    [
      'what is approved is at work, so that it is not ordered twice',
      target([PLAN], { approvedDigest: DIGEST }),
      { kind: 'working', order: 'apply' },
    ],
    [
      'what is asked for counts as begun',
      target([PLAN, INSTALLED], { request: 'roll-back' }),
      { kind: 'working', order: 'rollback' },
    ],
    [
      'a retry that is asked for is planning',
      target([closed('plan', 1, false)], { request: 'retry' }),
      { kind: 'planning' },
    ],
    [
      'fetching ahead that is asked for is under way',
      target([PLAN], { request: 'pre-stage' }),
      { kind: 'planned', preStage: 'under-way' },
    ],
    [
      'a trial that is asked for is under way',
      target([PLAN], { request: 'trial' }),
      { kind: 'planned', trial: 'under-way', preStage: 'none' },
    ],
    [
      'an approval whose window is over is none',
      target([PLAN], { approvedDigest: DIGEST, startBeforeMs: NOW }),
      { kind: 'planned' },
    ],
    [
      'an order that is out is work, answered or not',
      target([PLAN, order('apply', 2)]),
      { kind: 'working', order: 'apply' },
    ],
    [
      'what is proven is effective since it was recorded',
      target([PLAN, INSTALLED]),
      { kind: 'effective', sinceMs: NOW - MINUTE },
    ],
    [
      'what was installed and is not well has failed, and can be undone',
      target([PLAN, ended('apply', 2, applied({ newlyFailedUnits: ['web.service'] }))]),
      { kind: 'failed', before: null, undoable: true, unknown: false, message: 'failed since: web.service' },
    ],
    [
      'an order that was fetched and lost is unknown, and so failed',
      target([PLAN, closed('apply', 2, true)]),
      { kind: 'failed', before: null, unknown: true },
    ],
    [
      'an order that nobody fetched changed nothing',
      target([PLAN, closed('apply', 2, false)]),
      { kind: 'failed', before: 'plan', unknown: false, attempts: 0 },
    ],
    [
      'an order that came after its window says nothing about the patch',
      target([PLAN, ended('apply', 2, refused('expired'))]),
      { kind: 'failed', before: 'plan', unknown: false },
    ],
    [
      'a refusal is a failure before anything was installed',
      target([PLAN, ended('apply', 2, refused('disk-full'))]),
      { kind: 'failed', before: 'apply', attempts: 1, message: 'disk-full!' },
    ],
    [
      'a trial that failed says why',
      target([PLAN, ended('trial', 2, { kind: 'tried', verdict: 'failed', message: 'postinst' })]),
      { kind: 'planned', trial: 'failed', message: 'postinst' },
    ],
    [
      'a trial without a verdict has not passed',
      target([PLAN, ended('trial', 2, refused('unsupported'))]),
      { kind: 'planned', trial: 'impossible' },
    ],
    [
      'a reboot that is ordered is work',
      target([PLAN, INSTALLED, order('reboot', 3)]),
      { kind: 'working', order: 'reboot' },
    ],
    [
      'a reboot for which people are asked is none: it waits for them',
      target([PLAN, INSTALLED, asking('waiting-for-consent')]),
      { kind: 'waits-for-consent' },
    ],
    [
      'a reboot to which people agreed is work',
      target([PLAN, INSTALLED, asking('rebooting')]),
      { kind: 'working', order: 'reboot' },
    ],
    [
      'a machine that refuses its reboot three times has failed',
      target([
        PLAN,
        ended('apply', 2, applied({ effective: false, waits: [REBOOT] })),
        ...[3, 4, 5].map((n) => ended('reboot', n, refused('unsupported'))),
      ]),
      { kind: 'failed', before: null },
    ],
    [
      'a reboot that gave way to newer orders while people were asked is asked for again',
      target([
        PLAN,
        ended('apply', 2, applied({ effective: false, waits: [REBOOT] })),
        ...[3, 4, 5].map((n) => ended('reboot', n, refused('expired'))),
      ]),
      { kind: 'waits-for-reboot' },
    ],
    [
      'what could not be undone three times is not undone by itself',
      target([
        PLAN,
        ended('apply', 2, applied({ brokenPackages: ['web'] })),
        ...[3, 4, 5].map((n) => ended('rollback', n, refused('no-rollback-files'))),
      ]),
      { kind: 'failed', undoable: false },
    ],
    ['who was removed is left out', target([], { removed: true }), { kind: 'left-out' }],
    [
      'who was removed in the middle of its installation is unknown',
      target([PLAN, order('apply', 2, { closed: { reason: 'endpoint-removed', atMs: NOW } })], { removed: true }),
      { kind: 'failed', unknown: true },
    ],
  ])('%s', (_rule, facts, expected) => {
    expect(memberProgress(facts, APPROVED, NOW)).toMatchObject(expected);
  });

  test('an end whose time is not known is now, so that nothing has soaked', () => {
    const facts = target([PLAN, order('apply', 2, { result: applied() })]);
    expect(memberProgress(facts, APPROVED, NOW)).toEqual({ kind: 'effective', sinceMs: NOW });
  });
});
