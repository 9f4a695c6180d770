import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginUse, endUse, usedUp, type ApprovalUse } from './approval-uses.ts';

const EXPIRES_MS = Date.parse('2026-06-15T00:00:00.000Z');
const use = (orderId: string, change: Partial<ApprovalUse> = {}): ApprovalUse => ({
  orderId,
  approvalId: 'x',
  action: 'apply',
  transactionDigest: 'd',
  expiresAt: new Date(EXPIRES_MS).toISOString(),
  end: 'begun',
  inverseDigest: null,
  ...change,
});
const DONE = { kind: 'done', inverseDigest: 'i' } as const;

describe('what was used of an approval', () => {
  test('is kept while the approval holds, and longer of the latest installations', () => {
    const reboots = beginUse([use('old', { action: 'reboot' })], use('new'), EXPIRES_MS);
    expect(reboots.map(({ orderId }) => orderId)).toEqual(['old', 'new']);
    const later = beginUse(reboots, use('newer', { action: 'reboot' }), EXPIRES_MS + 1);
    expect(later.map(({ orderId }) => orderId)).toEqual(['new', 'newer']);
    const many = Array.from({ length: 100 }, (_, n) => use(`${n}`));
    expect(beginUse(many, use('last'), EXPIRES_MS + 1)).toHaveLength(33);
    expect(beginUse(many, use('last'), EXPIRES_MS)).toHaveLength(101);
    const free = many.map((each) => ({ ...each, approvalId: null }));
    expect(beginUse(free, use('last'), 0)).toHaveLength(33);
  });

  test('ends once: an order that comes again under its id makes nothing undone', () => {
    const done = endUse([use('a')], 'a', DONE);
    expect(done).toEqual([use('a', { end: 'done', inverseDigest: 'i' })]);
    expect(endUse(done, 'a', { kind: 'nothing' })).toEqual(done);
    expect(endUse(done, 'a', { kind: 'failed', inverseDigest: null })).toEqual(done);
    expect(endUse([use('a')], 'a', { kind: 'nothing' })).toEqual([]);
  });

  test('stops a journal that would grow without an end', () => {
    const foreign = Array.from({ length: 400 }, (_, n) => use(`${n}`, { approvalId: `other ${n}` }));
    expect(usedUp(foreign, use('new'))).toContain('400 approvals');
  });

  test('lets an installation be done once, whatever happens in which order', () => {
    const end = fc.constantFrom('nothing', 'failed', 'done');
    fc.assert(
      fc.property(fc.array(end, { maxLength: 20 }), (ends) => {
        let uses: readonly ApprovalUse[] = [];
        let begun = 0;
        ends.forEach((kind, at) => {
          if (usedUp(uses, use(`${at}`)) !== null) return;
          begun += 1;
          uses = beginUse(uses, use(`${at}`), 0);
          uses = endUse(uses, `${at}`, kind === 'nothing' ? { kind } : { kind, inverseDigest: null });
        });
        expect(uses.filter((each) => each.end === 'done').length).toBeLessThanOrEqual(1);
        expect(uses.length).toBeLessThanOrEqual(4);
        expect(begun).toBeLessThanOrEqual(ends.length);
      }),
    );
  });
});
