import { printTicket, generateSigningKey, verifyingKey } from '@thimble/protocol/signing';
import type { TicketClaims } from '@thimble/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTicketCheck } from './index.ts';

const key = generateSigningKey();
const other = generateSigningKey();
const claims: TicketClaims = {
  format: 1,
  id: '01900000-0000-7000-8000-000000000001',
  organisationId: '01900000-0000-7000-8000-000000000002',
  endpointId: '01900000-0000-7000-8000-000000000003',
  site: 'Bern',
  issuedAt: '2026-11-22T11:00:00.000Z',
  expiresAt: '2026-11-29T11:00:00.000Z',
};
let now: Date;
let removed: Set<string>;
let keys: Map<string, ReturnType<typeof verifyingKey>>;
beforeEach(() => {
  now = new Date('2026-11-22T12:00:00.000Z');
  removed = new Set();
  keys = new Map([[key.keyid, verifyingKey(key.publicKey)]]);
});
const make = () => createTicketCheck({ keys: () => keys, now: () => now, isRemoved: (id) => removed.has(id) });

describe('a ticket check', () => {
  it('takes a good ticket, the first time and again', () => {
    const check = make();
    const ticket = printTicket(claims, key);
    for (let time = 0; time < 3; time += 1) expect(check(ticket)).toEqual({ kind: 'valid', claims });
  });

  it.each<[string, () => void]>([
    ['its end', () => (now = new Date(claims.expiresAt))],
    ['its key is withdrawn', () => keys.clear()],
  ])('refuses a ticket that it knows from %s on', (_, happen) => {
    const check = make();
    const ticket = printTicket(claims, key);
    check(ticket);
    happen();
    expect(check(ticket)).toEqual({ kind: 'refused', reason: 'not-valid' });
  });

  it('refuses a known ticket of an endpoint that was removed, and no other', () => {
    const check = make();
    const ticket = printTicket(claims, key);
    const ofPerson = printTicket({ ...claims, endpointId: null }, key);
    check(ticket);
    removed.add(claims.endpointId ?? '');
    expect(check(ticket)).toEqual({ kind: 'refused', reason: 'removed' });
    expect(check(ofPerson)).toMatchObject({ kind: 'valid' });
  });

  it('takes a ticket once its key is there: a refusal is not remembered', () => {
    const check = make();
    const ticket = printTicket(claims, other);
    expect(check(ticket)).toEqual({ kind: 'refused', reason: 'not-valid' });
    keys.set(other.keyid, verifyingKey(other.publicKey));
    expect(check(ticket)).toMatchObject({ kind: 'valid' });
  });

  it.each(['', 'thimble_abc', 'a.b.c', `x.${'0'.repeat(63)}.y`])('knows that %j is no ticket at all', (secret) => {
    expect(make()(secret)).toEqual({ kind: 'refused', reason: 'not-a-ticket' });
  });
});
