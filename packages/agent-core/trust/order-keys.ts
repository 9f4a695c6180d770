import { ORDER_KEYS_PAYLOAD_TYPE, OrderKeyList, type Envelope, type OrderKey } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { refusedNews, type Heeded, type NewsJudge } from './news.ts';
import type { HeardTime, TrustState } from './trust-state.ts';

/** The keys whose orders are taken now. */
export function orderKeysOf(
  { orderKeys }: Pick<TrustState, 'orderKeys'>,
  enrolled: readonly OrderKey[],
): readonly OrderKey[] {
  return orderKeys?.keys ?? enrolled;
}

/** Of the newest list that is known here. */
export function orderKeysSequence(
  { orderKeys }: Pick<TrustState, 'orderKeys'>,
  { orderKeysSequence: atEnrolment = 0 }: { readonly orderKeysSequence?: number },
): number {
  return orderKeys?.sequence ?? atEnrolment;
}

/** Lists whose orders may still be under way when a key is replaced: one order is, so one list would do. */
const KEPT_RETIRED = 16;

/** Follows lists of order keys, each signed by a key of the list before. */
export function followOrderKeys(state: TrustState, lists: readonly Envelope[], judge: NewsJudge): Heeded {
  let heeded: Heeded = { state, told: [] };
  for (const envelope of lists) {
    const next = followOne(heeded.state, envelope, judge);
    heeded = { state: next.state, told: [...heeded.told, ...next.told] };
    if (next.told.some(({ refused }) => refused !== undefined)) break;
  }
  return heeded;
}

function followOne(state: TrustState, envelope: Envelope, judge: NewsJudge): Heeded {
  const refuse = (why: string): Heeded =>
    refusedNews(state, 'order-keys-refused', `a list of order keys was not taken: ${why}`);
  const { identity } = judge;
  const present = orderKeysOf(state, identity.orderKeys);
  const opened = judge.openEnvelope(envelope, ORDER_KEYS_PAYLOAD_TYPE, present);
  if (opened === null || !Value.Check(OrderKeyList, opened.value)) return refuse('it is none');
  const { sequence, keys, organisationId } = opened.value;
  // A list that is known may be signed by a key that is gone: it is old, not forged.
  if (sequence <= orderKeysSequence(state, identity)) return { state, told: [] };
  if (!opened.isSigned) return refuse('no key of the list before signed it');
  if (organisationId !== null && organisationId !== identity.organisationId)
    return refuse('it is of another organisation');
  if (!judge.areOrderKeys(keys)) return refuse('a key of it can’t be used');
  const message = `order keys: list ${sequence}, ${keys.map(({ keyid }) => keyid.slice(0, 16)).join(', ')}`;
  const retired = [...(state.orderKeys?.retired ?? []), ...present].slice(-KEPT_RETIRED);
  const isKeyGone = present.some(({ keyid }) => !keys.some((key) => key.keyid === keyid));
  const time = isKeyGone ? withinOwnClock(state.time) : state.time;
  return { state: { ...state, time, orderKeys: { sequence, keys, retired } }, told: [{ message }] };
}

/**
 * Of a key that is gone only what this machine's own clock agreed with stays: a thief's far future would let no approval be
 * valid any more, and a past that nobody vouches for would let old ones be valid again.
 */
function withinOwnClock(time: HeardTime | null): HeardTime | null {
  if (time === null || Date.parse(time.saidAt) <= Date.parse(time.heardAt)) return time;
  return { ...time, saidAt: time.heardAt };
}
