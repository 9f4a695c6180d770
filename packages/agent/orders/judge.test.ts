import { OPEN_GATE } from '@thimble/agent-core';
import { generateSigningKey, verifyingKey } from '@thimble/protocol/signing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDPOINT_ID, ORGANISATION_ID } from '../testing/fake-server.ts';
import { APPLY, makeOrder, orderId, seal } from '../testing/orders.ts';
import { judgeOrder, type Judge } from './judge.ts';

const key = generateSigningKey();
const judge: Judge = {
  identity: { endpointId: ENDPOINT_ID, organisationId: ORGANISATION_ID },
  keys: new Map([[key.keyid, verifyingKey(key.publicKey)]]),
  journal: {
    generation: 5,
    active: null,
    finished: [{ orderId: orderId(3), generation: 3, acknowledged: true }],
    uses: [],
  },
  gate: OPEN_GATE,
  nowMs: Date.parse('2026-06-01T00:00:00.000Z'),
};
const other = orderId(99);

describe('an order', () => {
  test.each([
    ['that is genuine and newer is accepted', makeOrder(6), { kind: 'accept' }],
    ['that was decided on is known, whatever its generation', makeOrder(3), { kind: 'known', orderId: orderId(3) }],
    [
      'far above all before is rejected: the numbers stay',
      makeOrder(5 + 2 ** 27),
      { kind: 'reject', why: 'malformed' },
    ],
    ['of a generation that is not newer is refused', makeOrder(5), { kind: 'refuse', code: 'stale-generation' }],
    [
      'that has expired is refused',
      makeOrder(6, APPLY, { expiresAt: '2026-05-31T23:59:59.999Z' }),
      { kind: 'refuse', code: 'expired' },
    ],
    [
      'whose transaction is not the approved one is refused',
      makeOrder(6, { ...APPLY, transactionDigest: 'b'.repeat(64) } as typeof APPLY),
      { kind: 'refuse', code: 'digest-mismatch' },
    ],
    [
      'of a kind that this agent does not know is refused',
      { ...makeOrder(6), body: { kind: 'run-anything', command: 'x' } },
      { kind: 'refuse', code: 'malformed' },
    ],
    [
      'for another endpoint is rejected without an answer',
      makeOrder(6, APPLY, { endpointId: other }),
      { kind: 'reject', why: 'wrong-endpoint' },
    ],
    [
      'of another organisation is rejected without an answer',
      makeOrder(6, APPLY, { organisationId: other }),
      { kind: 'reject', why: 'wrong-endpoint' },
    ],
    ['without an id is rejected', { ...makeOrder(6), id: 'x' }, { kind: 'reject', why: 'malformed' }],
    ['that is no object is rejected', null, { kind: 'reject', why: 'malformed' }],
  ])('%s', (_rule, order, expected) => {
    expect(judgeOrder(seal(order, key), judge)).toMatchObject(expected);
  });

  test('that another key signed is rejected, also under the keyid of ours', () => {
    const forged = seal(makeOrder(6), generateSigningKey());
    const [signature] = forged.signatures;
    expect(judgeOrder(forged, judge)).toMatchObject({ kind: 'reject', why: 'bad-signature' });
    const disguised = { ...forged, signatures: [{ keyid: key.keyid, sig: signature?.sig ?? '' }] };
    expect(judgeOrder(disguised, judge)).toMatchObject({ kind: 'reject', why: 'bad-signature' });
  });

  test('of which one bit was changed after it was signed is never accepted', () => {
    const sealed = seal(makeOrder(6), key);
    fc.assert(
      fc.property(fc.nat(Buffer.from(sealed.payload, 'base64').length * 8 - 1), (bit) => {
        const payload = Buffer.from(sealed.payload, 'base64');
        payload[bit >> 3] = (payload[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = { ...sealed, payload: payload.toString('base64') };
        expect(judgeOrder(changed, judge)).toMatchObject({ kind: 'reject', why: 'bad-signature' });
      }),
      { numRuns: 200 },
    );
  });

  test('whose expiry is no time is not accepted', () => {
    const verdict = judgeOrder(seal(makeOrder(6, APPLY, { expiresAt: '2026-99-99T00:00:00.000Z' }), key), judge);
    expect(verdict).toMatchObject({ kind: 'refuse', code: 'expired' });
  });

  test('of any content under a genuine signature never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(judgeOrder(seal(value, key), judge).kind).not.toBe('accept');
      }),
    );
  });
});
