import {
  Envelope,
  HALT_PAYLOAD_TYPE,
  HALT_SEQUENCE_STEPS,
  HALT_SEQUENCE_STEPS_BY_APPROVERS,
  HaltStatement,
  isEnough,
  NO_SIGNATURES,
  type SignatureCount,
  type SignedStatement,
} from '@thimble/protocol';
import { Value } from 'typebox/value';
import { refusedNews, type Heeded, type NewsJudge } from './news.ts';
import { orderKeysOf } from './order-keys.ts';
import { demandedSignatures, type TrustState } from './trust-state.ts';

/**
 * Stopping is easy and going on is not: the order key or any one approver stops; where approvers have to sign, only as many
 * of them as sign an order let it go on.
 */
export function heedHalt(state: TrustState, halt: SignedStatement | Envelope, judge: NewsJudge): Heeded {
  const refuse = (why: string): Heeded =>
    refusedNews(state, 'halt-refused', `a stop, or its end, was not believed: ${why}`);
  const opened = open(state, halt, judge);
  if (opened === null || !Value.Check(HaltStatement, opened.value)) return refuse('it is none');
  const { sequence, action, reason, issuedAt, organisationId } = opened.value;
  const heldSequence = state.halt?.sequence ?? 0;
  if (sequence <= heldSequence) return { state, told: [] };
  if (organisationId !== judge.identity.organisationId) return refuse('it is of another organisation');
  // Before a pinned set has come, nobody is known who could let it go on.
  const demand = demandedSignatures(state);
  const byThreshold = demand !== 'unknown' && demand !== null && isEnough(demand, opened.signed);
  const byOne = opened.byOrderKey || opened.signed.people > 0;
  const enough = action === 'stop' ? byOne : byThreshold || (demand === null && opened.byOrderKey);
  // An end that people signed who are not of the set any more, told to an endpoint that came later: nothing is stopped here.
  if (!enough && action === 'go-on' && state.halt?.action !== 'stop') return { state, told: [] };
  if (!enough) return refuse(`"${action}" is signed by too few`);
  if (sequence > heldSequence + (byThreshold ? HALT_SEQUENCE_STEPS_BY_APPROVERS : HALT_SEQUENCE_STEPS))
    return refuse(`its sequence ${sequence} is too far above ${heldSequence}`);
  const message = action === 'stop' ? `everything is stopped: ${reason}` : `it goes on: ${reason}`;
  return { state: { ...state, halt: { sequence, action, reason, issuedAt } }, told: [{ message }] };
}

interface Opened {
  readonly value: unknown;
  readonly signed: SignatureCount;
  readonly byOrderKey: boolean;
}

function open(state: TrustState, halt: SignedStatement | Envelope, judge: NewsJudge): Opened | null {
  if (Value.Check(Envelope, halt)) {
    const keys = orderKeysOf(state, judge.identity.orderKeys);
    const opened = judge.openEnvelope(halt, HALT_PAYLOAD_TYPE, keys);
    return opened === null ? null : { value: opened.value, signed: NO_SIGNATURES, byOrderKey: opened.isSigned };
  }
  const opened = judge.openStatement(halt, HALT_PAYLOAD_TYPE, state.approvers?.set ?? null);
  return opened === null ? null : { ...opened, byOrderKey: false };
}
