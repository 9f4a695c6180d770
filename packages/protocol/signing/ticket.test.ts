import { describe, expect, it } from 'vitest';
import { type TicketClaims } from '../index.ts';
import { generateSigningKey, openTicket, printTicket, verifyingKey } from './index.ts';

const key = generateSigningKey();
const trusted = new Map([[key.keyid, verifyingKey(key.publicKey)]]);
const now = new Date('2026-11-22T12:00:00.000Z');
const claims: TicketClaims = {
  format: 1,
  id: '01900000-0000-7000-8000-000000000001',
  organisationId: '01900000-0000-7000-8000-000000000002',
  endpointId: '01900000-0000-7000-8000-000000000003',
  site: 'Bern',
  issuedAt: '2026-11-22T11:00:00.000Z',
  expiresAt: '2026-11-29T11:00:00.000Z',
};

describe('a ticket', () => {
  const ticket = printTicket(claims, key);

  it('gives back its claims, and fits into a password', () => {
    expect(openTicket(ticket, trusted, now)).toEqual(claims);
    expect(ticket).toMatch(/^[\w.-]{100,1000}$/);
  });

  it.each([
    ['is not one', 'x'.repeat(40)],
    ['is empty', ''],
    ['is huge', `${'a'.repeat(5000)}.${key.keyid}.x`],
    ['was changed by one letter', `${ticket.slice(0, 20)}${ticket[20] === 'A' ? 'B' : 'A'}${ticket.slice(21)}`],
    ['has lost its signature', `${ticket.split('.').slice(0, 2).join('.')}.AA`],
  ])('is refused when it %s', (_, text) => {
    expect(() => openTicket(text, trusted, now)).toThrow(expect.objectContaining({ name: 'Error' }));
  });

  it('has one spelling: unused bits of its last letter are not ignored', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = [...letters].filter((letter) => {
      try {
        openTicket(ticket.slice(0, -1) + letter, trusted, now);
        return true;
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([ticket.at(-1)]);
  });

  it('is refused when a key signed it that is not trusted', () => {
    expect(() => openTicket(printTicket(claims, generateSigningKey()), trusted, now)).toThrow('no trusted key');
  });

  it('ends at its end and not later, and does not begin before it was issued but for the tolerance of clocks', () => {
    expect(() => openTicket(ticket, trusted, new Date(claims.expiresAt))).toThrow('expired');
    expect(openTicket(ticket, trusted, new Date(Date.parse(claims.issuedAt) - 299_000))).toEqual(claims);
    expect(() => openTicket(ticket, trusted, new Date(Date.parse(claims.issuedAt) - 301_000))).toThrow('future');
  });
});
