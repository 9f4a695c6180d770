import { EMPTY_TRUST, heedNews, orderKeysOf, orderKeysSequence, type TrustState } from '@thimble/agent-core';
import type { Envelope } from '@thimble/protocol';
import { generateSigningKey, type SigningKey } from '@thimble/protocol/signing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDPOINT_ID, ORGANISATION_ID } from '../testing/fake-server.ts';
import { makeNews, orderKeyList } from '../testing/news.ts';
import { createNewsJudge } from './news-judge.ts';

const LISTS = 6;
const RUNS = 60;
const keys = Array.from({ length: LISTS + 1 }, () => generateSigningKey());
const stranger = generateSigningKey();
const keyAt = (place: number): SigningKey => keys[place] ?? stranger;
/** Of the server: list n has key n, and is signed by the one before. */
const chain = Array.from({ length: LISTS }, (_, index) => orderKeyList(index + 1, [keyAt(index + 1)], keyAt(index)));

/** An endpoint that enrolled when list `since` was the newest. */
function endpoint(since = 0) {
  const { keyid, publicKey } = keyAt(since);
  const identity = {
    endpointId: ENDPOINT_ID,
    organisationId: ORGANISATION_ID,
    orderKeys: [{ keyid, publicKey }],
    orderKeysSequence: since,
  };
  const judge = createNewsJudge(identity, 0);
  const heed = (state: TrustState, orderKeys: readonly Envelope[]): TrustState =>
    heedNews(state, makeNews(stranger, { orderKeys: [...orderKeys] }), judge).state;
  const at = (state: TrustState) => ({
    sequence: orderKeysSequence(state, identity),
    keyids: orderKeysOf(state, identity.orderKeys).map((key) => key.keyid),
  });
  return { judge, heed, at };
}

describe('lists of order keys', () => {
  test('that come late, twice, mixed up or cut off never lead elsewhere, and all of them lead to the newest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: LISTS }),
        fc.array(fc.array(fc.integer({ min: 0, max: LISTS - 1 }), { maxLength: 8 }), { maxLength: 6 }),
        (since, replies) => {
          const { heed, at } = endpoint(since);
          let state: TrustState = EMPTY_TRUST;
          let before = since;
          for (const reply of replies) {
            state = heed(
              state,
              reply.flatMap((place) => chain[place] ?? []),
            );
            const { sequence, keyids } = at(state);
            expect(sequence).toBeGreaterThanOrEqual(before);
            expect(keyids).toEqual([keyAt(sequence).keyid]);
            before = sequence;
          }
          state = heed(state, chain.slice(before));
          expect(at(state)).toEqual({ sequence: LISTS, keyids: [keyAt(LISTS).keyid] });
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('of a stranger, or of a key that was replaced, are followed by nobody who has the newest, whatever their number', () => {
    const { heed, at } = endpoint();
    const newest = heed(EMPTY_TRUST, chain);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: LISTS - 1 }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.boolean(),
        (place, sequence, byStranger) => {
          const forged = orderKeyList(sequence, [stranger], byStranger ? stranger : keyAt(place));
          expect(at(heed(newest, [forged]))).toEqual(at(newest));
          // Nor beside genuine ones.
          expect(at(heed(newest, [...chain, forged, ...chain]))).toEqual(at(newest));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('of which one is left out are not followed beyond it', () => {
    for (let gap = 0; gap < LISTS - 1; gap += 1) {
      const { heed, at } = endpoint();
      const state = heed(EMPTY_TRUST, chain.toSpliced(gap, 1));
      expect(at(state).sequence).toBe(gap);
      expect(at(heed(state, chain.slice(gap))).sequence).toBe(LISTS);
    }
  });

  test('of the same number: the first that a key of the list before signed holds, and the other changes nothing', () => {
    const fork = orderKeyList(1, [stranger], keyAt(0));
    const { heed, at } = endpoint();
    expect(at(heed(heed(EMPTY_TRUST, chain.slice(0, 1)), [fork]))).toEqual({ sequence: 1, keyids: [keyAt(1).keyid] });
    expect(at(heed(heed(EMPTY_TRUST, [fork]), chain))).toEqual({ sequence: 1, keyids: [stranger.keyid] });
  });

  test.each([
    ['far future', '9999-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z'],
    ['past', '1969-01-01T00:00:00.000Z', '1969-01-01T00:00:00.000Z'],
  ])('without the key that said a %s leave of it what the own clock agreed with', (_, said, left) => {
    const { judge, heed } = endpoint();
    const heard = heedNews(EMPTY_TRUST, makeNews(keyAt(0), {}, said), judge).state;
    expect(heard.time?.saidAt).toBe(said);
    expect(heed(heard, [orderKeyList(1, [keyAt(1), keyAt(0)], keyAt(0))]).time?.saidAt).toBe(said);
    expect(heed(heard, chain).time?.saidAt).toBe(left);
  });

  test('of before its enrolment are nothing to an endpoint', () => {
    const { heed } = endpoint(3);
    expect(heed(EMPTY_TRUST, chain.slice(0, 3)).orderKeys).toBeNull();
  });
});
