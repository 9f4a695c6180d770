import { SERVER_TIME_PAYLOAD_TYPE, ServerTime, type Envelope } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { refusedNews, type Heeded, type NewsJudge } from './news.ts';
import { orderKeysOf } from './order-keys.ts';
import type { TrustState } from './trust-state.ts';

/** Keeps the newest time that the server signed for this endpoint; one that is not newer is a repetition, and nothing. */
export function heedServerTime(state: TrustState, envelope: Envelope, judge: NewsJudge): Heeded {
  const { identity, hostNowMs } = judge;
  const refuse = (why: string): Heeded =>
    refusedNews(state, 'server-time-refused', `the server's time was not believed: ${why}`);
  const opened = judge.openEnvelope(envelope, SERVER_TIME_PAYLOAD_TYPE, orderKeysOf(state, identity.orderKeys));
  if (opened === null || !Value.Check(ServerTime, opened.value)) return refuse('it is none');
  if (!opened.isSigned) return refuse('no order key signed it');
  if (opened.value.endpointId !== identity.endpointId) return refuse('it was said to another endpoint');
  const { time: saidAt } = opened.value;
  const saidMs = Date.parse(saidAt);
  if (Number.isNaN(saidMs)) return refuse('it is no time');
  if (state.time !== null && saidMs <= Date.parse(state.time.saidAt)) return { state, told: [] };
  return { state: { ...state, time: { saidAt, heardAt: new Date(hostNowMs).toISOString() } }, told: [] };
}

/** Check-ins that may fail before anybody is told: a server's update, a line that was down over night. */
const MISSED_CHECK_INS = 3;
const GRACE_MS = 24 * 3_600_000;

/**
 * Says so when the last signed time is so old that somebody may be holding news back. null: it is not.
 *
 * @param heardAt when it was heard, ISO 8601
 * @param hostNowMs this machine's own clock, Unix, milliseconds; where it went back, the age is not known and counts as old.
 */
export function staleTime(heardAt: string, checkInIntervalSeconds: number, hostNowMs: number): string | null {
  const ageMs = Math.abs(hostNowMs - Date.parse(heardAt));
  const isFresh = ageMs <= MISSED_CHECK_INS * checkInIntervalSeconds * 1000 + GRACE_MS;
  return isFresh ? null : `no fresh signed time since ${heardAt}: this endpoint may be kept from news`;
}
