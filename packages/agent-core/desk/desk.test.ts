import type { Order } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { forgetCancellations, heedCancellations } from './cancellations.ts';
import { acknowledge, advance, begin, finish, reject } from './journal-changes.ts';
import { EMPTY_JOURNAL, isCommitted, undelivered, type ActiveOrder, type JournalState } from './journal-state.ts';
import { givenUp, reopening } from './reopen.ts';

const active: ActiveOrder = {
  orderId: 'a',
  generation: 7,
  kind: 'apply',
  startedAt: '2026-01-01T00:00:00.000Z',
  stage: 'accepted',
  starts: 1,
  checkpoint: null,
  reboot: null,
};
const kept = [
  { name: 'a', architecture: 'all', version: '1', sha256: 'a'.repeat(64), sizeBytes: 1, from: 'archive' },
] as const;
const order: Order = {
  format: 1,
  id: 'a',
  organisationId: 'o',
  endpointId: 'e',
  generation: 7,
  issuedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
  runId: null,
  body: { kind: 'scan' },
};
const EXPIRY_MS = Date.parse(order.expiresAt);

describe('the journal', () => {
  const begun: JournalState = begin(EMPTY_JOURNAL, active);

  test('raises its watermark with what it accepts and with what it refuses, and never lowers it', () => {
    expect(begun.generation).toBe(7);
    expect(finish(begun, { orderId: 'old', generation: 3 }).generation).toBe(7);
    expect(finish(begun, { orderId: 'new', generation: 9 }).generation).toBe(9);
  });

  test('has one active order, and one outcome of each', () => {
    expect(() => begin(begun, active)).toThrow('active already');
    expect(() => advance(EMPTY_JOURNAL, { stage: 'installing' })).toThrow('no order');
    const finished = finish(begun, active);
    expect(finished.active).toBeNull();
    expect(() => finish(finished, active)).toThrow('one outcome');
  });

  test('keeps what another order does while one is refused', () => {
    expect(finish(begun, { orderId: 'other', generation: 8 }).active).toBe(active);
  });

  test('forgets the oldest acknowledged outcomes, and none that is not', () => {
    let state: JournalState = EMPTY_JOURNAL;
    const forgotten: string[] = [];
    for (let n = 0; n < 40; n += 1) state = finish(state, { orderId: `${n}`, generation: n });
    for (let n = 1; n < 40; n += 1) {
      const next = acknowledge(state, `${n}`);
      state = next?.state ?? state;
      forgotten.push(...(next?.forgotten ?? []));
    }
    expect(forgotten).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(undelivered(state, new Set()).map(({ orderId }) => orderId)).toEqual(['0']);
    expect(undelivered(state, new Set(['9'])).map(({ orderId }) => orderId)).toEqual(['0', '9']);
    expect(acknowledge(state, '9')).toBeNull();
    expect(acknowledge(state, '1')).toBeNull();
  });

  test('counts what it rejects', () => {
    expect(reject(reject(EMPTY_JOURNAL, 'malformed'), 'malformed').rejected).toEqual({ malformed: 2 });
  });
});

describe('an order that was under way when the agent ended', () => {
  test('is gone on with while it may begin', () => {
    expect(reopening(active, order, EXPIRY_MS, null)).toEqual({ kind: 'go-on', order });
  });

  test('is refused after its expiry when nothing was changed', () => {
    expect(reopening(active, order, EXPIRY_MS + 1, null)).toMatchObject({
      result: { kind: 'refused', code: 'expired' },
    });
  });

  test('one that waits for people goes on, however late', () => {
    const asked = { ...active, stage: 'waiting-for-consent' } as const;
    expect(reopening(asked, order, EXPIRY_MS + 86_400_000, null)).toMatchObject({ kind: 'go-on' });
  });

  test.each([
    ['its checkpoint', { checkpoint: { kept } }],
    ['its reboot was asked for', { reboot: { bootIdBefore: 'x', requestedAt: '', failedUnitsBefore: [] } }],
  ])('is finished however late after %s', (_when, change) => {
    const committed = { ...active, ...change };
    expect(isCommitted({ active: committed })).toBe(true);
    expect(reopening(committed, order, EXPIRY_MS + 86_400_000, null)).toMatchObject({ kind: 'go-on' });
  });

  test('is refused before its point of no return while everything is stopped, and finished after it', () => {
    for (const stage of ['accepted', 'waiting-for-consent'] as const)
      expect(reopening({ ...active, stage }, order, 0, 'a drill')).toMatchObject({ result: { code: 'halted' } });
    expect(reopening({ ...active, checkpoint: { kept } }, order, 0, 'a drill')).toMatchObject({ kind: 'go-on' });
  });

  test('ends when its envelope is not readable, and tells what it kept', () => {
    const at = { ...active, checkpoint: { kept } };
    for (const read of [null, { ...order, id: 'other' }])
      expect(reopening(at, read, 0, null)).toMatchObject({ result: { kind: 'failed', code: 'internal', kept } });
  });

  test('is given up after eight starts without an end', () => {
    expect(givenUp({ ...active, starts: 7 })).toBeNull();
    expect(givenUp({ ...active, starts: 8 })).toMatchObject({ kind: 'failed', code: 'interrupted' });
  });
});

describe('cancellations', () => {
  test('are news once', () => {
    const first = heedCancellations(new Set(), { cancellations: ['a'] });
    expect(first).toEqual({ cancelled: new Set(['a']), news: true });
    expect(heedCancellations(first.cancelled, { cancellations: ['a'] }).news).toBe(false);
  });

  test('are forgotten when the server lists neither them nor orders, but for the active one', () => {
    const known = new Set(['a', 'b', 'c']);
    expect(forgetCancellations(known, { orderCount: 1, cancellations: [] }, null)).toBe(known);
    expect(forgetCancellations(known, { orderCount: 0, cancellations: ['b'] }, 'a')).toEqual(new Set(['a', 'b']));
  });
});
