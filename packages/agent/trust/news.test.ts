import { EMPTY_TRUST, haltReason, heedNews, staleTime, type TrustState } from '@thimble/agent-core';
import {
  APPROVER_SET_PAYLOAD_TYPE,
  canonicalJson,
  type ApproverSet,
  type SignedStatement,
  type TrustNews,
} from '@thimble/protocol';
import { generateSigningKey, sha256 } from '@thimble/protocol/signing';
import { makeApproverSet, makeKeyFile, makePasskey, signed, type TestApprover } from '@thimble/protocol/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDPOINT_ID, ORGANISATION_ID } from '../testing/fake-server.ts';
import { haltByApprovers, haltByKey, makeHalt, makeNews, orderKeyList, signedTime } from '../testing/news.ts';
import { orderId } from '../testing/orders.ts';
import { createNewsJudge } from './news-judge.ts';

const NOW_MS = Date.parse('2026-06-01T00:00:00.000Z');
const key = generateSigningKey();
const stolen = generateSigningKey();
const judge = createNewsJudge(
  {
    endpointId: ENDPOINT_ID,
    organisationId: ORGANISATION_ID,
    orderKeys: [{ keyid: key.keyid, publicKey: key.publicKey }],
  },
  NOW_MS,
);
const [anna, carla, dora]: readonly [TestApprover, TestApprover, TestApprover] = [
  makeKeyFile(),
  makeKeyFile(),
  makeKeyFile(),
];
const berta = makePasskey();
const first = makeApproverSet(ORGANISATION_ID, 2, [[anna], [berta], [carla]]);
const second = makeApproverSet(ORGANISATION_ID, 2, [[berta], [carla], [dora]], first);
const set = (of: ApproverSet, ...signers: readonly TestApprover[]): SignedStatement =>
  signed(of, APPROVER_SET_PAYLOAD_TYPE, signers);

const heed = (state: TrustState, change: Partial<TrustNews>) => heedNews(state, makeNews(key, change), judge);
const after = (...news: readonly Partial<TrustNews>[]): TrustState =>
  news.reduce<TrustState>((state, change) => heed(state, change).state, EMPTY_TRUST);
const refusals = (state: TrustState, change: Partial<TrustNews>) =>
  heed(state, change).told.flatMap(({ refused }) => (refused === undefined ? [] : [refused]));
const withFirst = after({ approverSets: [set(first)] });

describe('a set of approvers', () => {
  test('is the first that is shown, where none was pinned, and then follows from one to the next', () => {
    expect(withFirst.approvers).toEqual({ set: first, sha256: sha256(canonicalJson(first)) });
    const both = after({ approverSets: [set(first), set(second, anna, berta)] });
    expect(both.approvers?.set).toEqual(second);
    expect(heed(both, { approverSets: [set(first), set(second, anna, berta)] }).told).toEqual([]);
  });

  test('is the pinned one and no other: older ones are passed over, and the next follows on it', () => {
    const pinned: TrustState = { ...EMPTY_TRUST, pinnedSha256: sha256(canonicalJson(second)) };
    expect(heed(pinned, { approverSets: [set(first)] }).state.approvers).toBeNull();
    expect(heed(pinned, { approverSets: [set(first), set(second)] }).state.approvers?.set).toEqual(second);
    const evil = makeApproverSet(ORGANISATION_ID, 0, []);
    expect(heed(pinned, { approverSets: [set(evil)] }).state.approvers).toBeNull();
  });

  const off = makeApproverSet(ORGANISATION_ID, 0, [], first);
  const other = makeApproverSet(ORGANISATION_ID, 2, [[dora], [berta]]);
  test.each<[string, TrustState, SignedStatement]>([
    ['is signed by one of two', withFirst, set(second, anna)],
    ['is signed by one person twice', withFirst, set(second, anna, anna)],
    ['is signed by people of the set that it brings', withFirst, set(second, dora, berta)],
    ['ends the need for signatures without enough of them', withFirst, set(off, anna)],
    ['is another one of the same version', withFirst, set(other, anna, berta)],
    ['jumps over a version', withFirst, set({ ...second, version: 3 }, anna, berta)],
    ['follows on another set than it is said to', withFirst, set({ ...second, previous: 'a'.repeat(64) }, anna, berta)],
    ['is of another organisation', withFirst, set({ ...second, organisationId: orderId(1) }, anna, berta)],
    ['is a later version, shown first', EMPTY_TRUST, set(second, anna, berta)],
    ['is not sound', EMPTY_TRUST, set({ ...first, threshold: 4 })],
    ['is no set', EMPTY_TRUST, set(makeHalt(1, 'stop') as unknown as ApproverSet)],
    ['is of another type', withFirst, { ...set(second, anna, berta), payloadType: 'application/json' }],
  ])('that %s is not taken', (_how, state, given) => {
    const heeded = heed(state, { approverSets: [given] });
    expect(heeded.state.approvers).toEqual(state.approvers);
    expect(heeded.told).toMatchObject([{ refused: 'approver-set-refused' }]);
  });

  test('that is refused hides what comes after it', () => {
    const third = makeApproverSet(ORGANISATION_ID, 1, [[dora]], second);
    expect(
      heed(withFirst, { approverSets: [set(second, anna), set(third, berta, carla)] }).state.approvers?.set,
    ).toEqual(first);
  });

  test('never goes back', () => {
    const later = after({ approverSets: [set(first), set(second, anna, berta)] });
    expect(heed(later, { approverSets: [set(first, anna, berta, carla)] }).state).toEqual(later);
  });

  test('with threshold 0, signed by enough, ends it; whoever comes then may begin anew', () => {
    const ended = heed(withFirst, { approverSets: [set(off, anna, carla)] }).state;
    expect(ended.approvers?.set.threshold).toBe(0);
    expect(
      heed(ended, { approverSets: [set(makeApproverSet(ORGANISATION_ID, 1, [[dora]], off))] }).state.approvers?.set
        .version,
    ).toBe(3);
  });

  test('of which one bit was changed, or that lost one of its signatures, is not taken', () => {
    const good = set(second, anna, berta);
    const bytes = Buffer.from(good.payload, 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const given = { ...good, payload: changed.toString('base64') };
        expect(heed(withFirst, { approverSets: [given] }).state.approvers).toEqual(withFirst.approvers);
      }),
      { numRuns: 150 },
    );
    for (const signature of good.signatures)
      expect(refusals(withFirst, { approverSets: [{ ...good, signatures: [signature] }] })).toEqual([
        'approver-set-refused',
      ]);
  });
});

describe('with key files demanded, passkeys alone decide nothing', () => {
  const emil = makePasskey();
  const people = [[anna], [berta], [carla], [emil]];
  const withKeyFile: ApproverSet = { ...makeApproverSet(ORGANISATION_ID, 2, people), keyFilesAtLeast: 1 };
  const next = (change: Partial<ApproverSet>): ApproverSet => ({
    ...makeApproverSet(ORGANISATION_ID, 2, people, withKeyFile),
    ...change,
  });
  const holding = after({ approverSets: [set(withKeyFile)], halt: haltByKey(makeHalt(1, 'stop'), key) });

  test.each<[string, ApproverSet]>([
    ['demands no key file any more', next({})],
    ['demands as many as before', next({ keyFilesAtLeast: 1 })],
    ['demands nothing', next({ threshold: 0 })],
  ])('about a set that %s', (_how, proposed) => {
    expect(refusals(holding, { approverSets: [set(proposed, berta, emil)] })).toEqual(['approver-set-refused']);
    const heeded = heed(holding, { approverSets: [set(proposed, anna, emil)] });
    expect(heeded.state.approvers?.set).toEqual(proposed);
  });

  test('about the end of a stop', () => {
    const goOn = makeHalt(2, 'go-on');
    expect(refusals(holding, { halt: haltByApprovers(goOn, berta, emil) })).toEqual(['halt-refused']);
    expect(haltReason(heed(holding, { halt: haltByApprovers(goOn, berta, anna) }).state)).toBeNull();
  });

  test('about how far the numbers of stops jump', () => {
    const far = makeHalt(5000, 'stop');
    expect(refusals(holding, { halt: haltByApprovers(far, berta, emil) })).toEqual(['halt-refused']);
    expect(heed(holding, { halt: haltByApprovers(far, anna, emil) }).state.halt?.sequence).toBe(5000);
  });

  test.each<[string, unknown]>([
    ['more than have to sign', 3],
    ['none, spelt out', 0],
    ['fewer than none', -1],
    ['no number', '1'],
  ])('and a set that demands %s is not taken', (_how, keyFilesAtLeast) => {
    const given = { ...withKeyFile, keyFilesAtLeast } as ApproverSet;
    expect(refusals(EMPTY_TRUST, { approverSets: [set(given)] })).toEqual(['approver-set-refused']);
  });
});

describe('a stop', () => {
  const stop = makeHalt(1, 'stop');
  const goOn = makeHalt(2, 'go-on');
  const stopped = heed(withFirst, { halt: haltByKey(stop, key) }).state;

  test('by the order key or by any one approver holds', () => {
    expect(haltReason(stopped)).toBe('a drill');
    for (const approver of [anna, berta, carla])
      expect(haltReason(heed(withFirst, { halt: haltByApprovers(stop, approver) }).state)).toBe('a drill');
    expect(haltReason(heed(EMPTY_TRUST, { halt: haltByKey(stop, key) }).state)).toBe('a drill');
  });

  test('ends by a threshold of approvers, and by the order key only where nobody else has to sign', () => {
    expect(haltReason(heed(stopped, { halt: haltByApprovers(goOn, anna, berta) }).state)).toBeNull();
    expect(refusals(stopped, { halt: haltByKey(goOn, key) })).toEqual(['halt-refused']);
    expect(refusals(stopped, { halt: haltByApprovers(goOn, anna) })).toEqual(['halt-refused']);
    const alone = after({ halt: haltByKey(stop, key) });
    expect(haltReason(heed(alone, { halt: haltByKey(goOn, key) }).state)).toBeNull();
  });

  test('of a stranger, of another organisation, or of another type is nothing', () => {
    expect(refusals(withFirst, { halt: haltByKey(stop, stolen) })).toEqual(['halt-refused']);
    expect(refusals(withFirst, { halt: haltByApprovers(stop, dora) })).toEqual(['halt-refused']);
    expect(refusals(withFirst, { halt: haltByKey({ ...stop, organisationId: orderId(1) }, key) })).toEqual([
      'halt-refused',
    ]);
    expect(refusals(withFirst, { halt: signedTime('2026-06-01T00:00:00.000Z', key) })).toEqual(['halt-refused']);
  });

  test('that comes again after it ended is nothing', () => {
    const ended = heed(stopped, { halt: haltByApprovers(goOn, anna, berta) }).state;
    expect(haltReason(heed(ended, { halt: haltByKey(stop, key) }).state)).toBeNull();
    expect(haltReason(heed(ended, { halt: haltByApprovers(makeHalt(2, 'stop'), anna) }).state)).toBeNull();
  });

  test('by a stolen key does not use the numbers up: only a threshold jumps far', () => {
    const far = Number.MAX_SAFE_INTEGER - 1;
    expect(refusals(withFirst, { halt: haltByKey(makeHalt(far, 'stop'), key) })).toEqual(['halt-refused']);
    expect(refusals(withFirst, { halt: haltByApprovers(makeHalt(far, 'stop'), anna) })).toEqual(['halt-refused']);
    expect(heed(stopped, { halt: haltByApprovers(makeHalt(5000, 'go-on'), anna, berta) }).state.halt?.sequence).toBe(
      5000,
    );
  });

  test('leaves numbers for later stops, whatever people sign', () => {
    const last = makeHalt(Number.MAX_SAFE_INTEGER - 1, 'go-on');
    expect(refusals(stopped, { halt: haltByApprovers(last, anna, berta) })).toEqual(['halt-refused']);
  });

  test('whose end nobody of the present set signed says nothing to an endpoint that came later', () => {
    expect(heed(withFirst, { halt: haltByApprovers(goOn, dora) }).told).toEqual([]);
    expect(heed(withFirst, { halt: haltByApprovers(goOn, dora) }).state.halt).toBeNull();
  });

  test('can’t be ended by anybody before the pinned set has come', () => {
    const waiting: TrustState = { ...stopped, approvers: null, pinnedSha256: 'a'.repeat(64) };
    expect(refusals(waiting, { halt: haltByKey(goOn, key) })).toEqual(['halt-refused']);
  });
});

describe('order keys', () => {
  const [next, later] = [generateSigningKey(), generateSigningKey()];

  test('follow from list to list, each signed by a key of the one before', () => {
    const state = after({ orderKeys: [orderKeyList(1, [key, next], key), orderKeyList(2, [later], next)] });
    expect(state.orderKeys).toMatchObject({ sequence: 2, keys: [{ keyid: later.keyid }] });
    expect(state.orderKeys?.retired.map(({ keyid }) => keyid)).toContain(key.keyid);
    expect(
      refusals(state, {
        orderKeys: [orderKeyList(1, [key, next], key)],
        serverTime: signedTime('2026-06-01T00:00:00.001Z', later),
      }),
    ).toEqual([]);
  });

  test.each([
    ['a stranger signed', orderKeyList(1, [stolen], stolen)],
    ['is of another organisation', orderKeyList(1, [next], key, orderId(1))],
    ['has a key under a wrong id', orderKeyList(1, [{ ...next, keyid: 'a'.repeat(64) }], key)],
    ['has a key that is none', orderKeyList(1, [{ ...next, publicKey: 'AAAA' }], key)],
  ])('are left alone by a list that %s', (_how, list) => {
    expect(refusals(EMPTY_TRUST, { orderKeys: [list] })).toEqual(['order-keys-refused']);
    expect(heed(EMPTY_TRUST, { orderKeys: [list] }).state.orderKeys).toBeNull();
  });

  test('that were replaced sign nothing any more', () => {
    const state = after({ orderKeys: [orderKeyList(1, [next], key)] });
    expect(
      refusals(state, {
        orderKeys: [orderKeyList(2, [stolen], key)],
        serverTime: signedTime('2027-01-01T00:00:00.000Z', next),
      }),
    ).toEqual(['order-keys-refused']);
    expect(refusals(state, { halt: haltByKey(makeHalt(1, 'stop'), key) })).toContain('halt-refused');
  });
});

describe('signed time', () => {
  test('is kept when it is newer, and an older one is nothing', () => {
    const state = after({ serverTime: signedTime('2026-06-01T00:00:01.000Z', key) });
    expect(state.time).toEqual({ saidAt: '2026-06-01T00:00:01.000Z', heardAt: '2026-06-01T00:00:00.000Z' });
    expect(heed(state, { serverTime: signedTime('2026-06-01T00:00:00.500Z', key) })).toEqual({ state, told: [] });
  });

  test.each([
    ['a stranger signed', signedTime('2026-06-01T00:00:00.000Z', stolen)],
    ['was said to another endpoint', signedTime('2026-06-01T00:00:00.000Z', key, orderId(1))],
    ['is no time', signedTime('2026-99-01T00:00:00.000Z', key)],
    ['is something else', haltByKey(makeHalt(1, 'stop'), key)],
  ])('that %s is not believed', (_how, serverTime) => {
    expect(refusals(EMPTY_TRUST, { serverTime })).toEqual(['server-time-refused']);
  });

  test('that was heard long ago is told, also where the clock went back', () => {
    const heardAt = new Date(NOW_MS).toISOString();
    const limitMs = 24 * 3_600_000 + 3 * 60_000;
    expect(staleTime(heardAt, 60, NOW_MS + limitMs)).toBeNull();
    expect(staleTime(heardAt, 60, NOW_MS + limitMs + 1)).toContain(heardAt);
    expect(staleTime(heardAt, 60, NOW_MS - limitMs - 1)).toContain(heardAt);
  });
});

test('news of any content never throw, and change nothing', () => {
  const statement = fc.record({
    payloadType: fc.constantFrom(APPROVER_SET_PAYLOAD_TYPE, 'application/vnd.thimble.halt+json', 'x'),
    payload: fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64')),
    signatures: fc.constant(set(second, anna, berta).signatures),
  });
  fc.assert(
    fc.property(statement, (given) => {
      const { approvers, halt } = heed(withFirst, { approverSets: [given], halt: given }).state;
      expect({ approvers, halt }).toEqual({ approvers: withFirst.approvers, halt: null });
    }),
    { numRuns: 200 },
  );
});
