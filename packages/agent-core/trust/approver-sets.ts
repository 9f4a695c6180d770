import {
  APPROVER_SET_PAYLOAD_TYPE,
  ApproverSet,
  isEnough,
  signaturesInWords,
  type SignedStatement,
} from '@thimble/protocol';
import { Value } from 'typebox/value';
import { refusedNews, type Heeded, type NewsJudge } from './news.ts';
import type { TrustState } from './trust-state.ts';

/**
 * Follows sets from one to the next. An endpoint without one takes what root pinned, and where nothing was pinned the first
 * version that it is shown; each later one is signed by a threshold of the one before. It never goes back.
 */
export function followApproverSets(state: TrustState, sets: readonly SignedStatement[], judge: NewsJudge): Heeded {
  let heeded: Heeded = { state, told: [] };
  for (const signed of sets) {
    const next = followOne(heeded.state, signed, judge);
    heeded = { state: next.state, told: [...heeded.told, ...next.told] };
    // What comes after it is signed by a set that is not believed.
    if (next.told.some(({ refused }) => refused !== undefined)) break;
  }
  return heeded;
}

function followOne(state: TrustState, signed: SignedStatement, judge: NewsJudge): Heeded {
  const { approvers: held, pinnedSha256: pinned } = state;
  const refuse = (why: string): Heeded =>
    refusedNews(state, 'approver-set-refused', `a set of approvers was not taken: ${why}`);
  const opened = judge.openStatement(signed, APPROVER_SET_PAYLOAD_TYPE, held?.set ?? null);
  if (opened === null || !Value.Check(ApproverSet, opened.value)) return refuse('it is none');
  const { value: set, sha256 } = opened;
  const { version, threshold } = set;
  if (set.organisationId !== judge.identity.organisationId) return refuse('it is of another organisation');
  const flaw = judge.approverSetFlaw(set);
  if (flaw !== null) return refuse(flaw);
  if (held === null) {
    if (pinned !== null && sha256 !== pinned) return { state, told: [] };
    if (pinned === null && version !== 1) return refuse(`version ${version} came first, and only version 1 may`);
  } else {
    if (version < held.set.version || sha256 === held.sha256) return { state, told: [] };
    if (version === held.set.version) return refuse(`it is another version ${version} than the one that is known`);
    if (version !== held.set.version + 1 || set.previous !== held.sha256)
      return refuse(`version ${version} does not follow on version ${held.set.version}`);
    // By the rule that holds until now: only whom it lets decide may lower it.
    if (!isEnough(held.set, opened.signed))
      return refuse(`too few people signed it: ${signaturesInWords(held.set, opened.signed)}`);
  }
  const how = held === null ? (pinned === null ? 'the first that was shown' : 'as pinned') : 'signed by the set before';
  const message = `approvers: version ${version}, ${threshold} of ${set.approvers.length} sign, ${how} (SHA-256 ${sha256})`;
  return { state: { ...state, approvers: { set, sha256 } }, told: [{ message }] };
}
