import type { Policy, Probe, Ring } from '../policy/policy.ts';
import type { RingFacts } from './facts.ts';
import type { PlannerRules } from './rules.ts';
import type { RingTally } from './tally.ts';
import type { GateWait } from './wait.ts';

/** A probe's answer that is older is none: the ring may have broken since. */
const PROBE_FRESH_MS = 10 * 60_000;

interface GateQuestion {
  readonly ring: Ring;
  readonly facts: RingFacts;
  readonly tally: RingTally;
  /** Nothing follows it that would rely on it: neither its number nor its approvals are asked for. */
  readonly last: boolean;
  readonly approvers: Policy['approvals']['from'];
  readonly nowMs: number;
  readonly rules: PlannerRules;
}

/** Why a ring that is open can't pass its gate; null: it can. What is not known is not passed. */
export function gateWait(question: GateQuestion): GateWait | null {
  const { ring, facts, tally, last, nowMs, rules } = question;
  const { gate } = ring;
  if (facts.skippedBy !== null) return null;
  const failures = failuresWait(ring, tally, rules);
  if (failures !== null) return failures;
  const { done, failed, busy, waiting } = tally.counts;
  if (busy + waiting > 0) return { kind: 'patching', done, of: tally.counted };
  const untilMs = rules.soakEndsMs(Math.max(tally.lastTouchedMs, facts.openedAtMs ?? nowMs), ring.soakMs);
  if (nowMs < untilMs) return { kind: 'soak', untilMs };
  // Who had nothing to do has proved nothing.
  const percent = tally.patched + failed === 0 ? 100 : (100 * tally.patched) / (tally.patched + failed);
  if (percent < gate.successAtLeastPercent)
    return { kind: 'success-rate', percent: Math.floor(percent), needed: gate.successAtLeastPercent };
  if (!last && tally.patched < gate.patchedAtLeast)
    return { kind: 'too-few', patched: tally.patched, needed: gate.patchedAtLeast };
  const failing = gate.probes.map((probe) => probeWait(probe, facts, nowMs)).find((wait) => wait !== null);
  if (failing !== undefined) return failing;
  const missing = last ? 0 : gate.approvals - approvalsOf(facts.approvedBy, question.approvers);
  return missing > 0 ? { kind: 'approval', missing } : null;
}

/** More failures than the gate bears: they are not waited for, they stop the rollout at once. */
function failuresWait(
  { gate }: Ring,
  { counts, counted, firstFailed, failure }: RingTally,
  rules: PlannerRules,
): GateWait | null {
  const atMost = rules.amount(gate.failuresAtMost, counted);
  return counts.failed > atMost
    ? { kind: 'failures', count: counts.failed, atMost, first: firstFailed, why: failure }
    : null;
}

function probeWait(probe: Probe, { probes }: RingFacts, nowMs: number): GateWait | null {
  const fails = (message: string): GateWait => ({ kind: 'probe', probe: probe.name, message });
  const answer = probes.find(({ name }) => name === probe.name);
  if (answer === undefined) return fails('it was not asked yet');
  if (answer.value === null) return fails(answer.message === '' ? 'it gave no answer' : answer.message);
  if (nowMs - answer.atMs > PROBE_FRESH_MS) return fails('its newest answer is too old');
  if (!Number.isFinite(answer.value)) return fails(`it answered ${answer.value}`);
  if (probe.atMost !== null && answer.value > probe.atMost) return fails(`${answer.value}, at most ${probe.atMost}`);
  if (probe.atLeast !== null && answer.value < probe.atLeast)
    return fails(`${answer.value}, at least ${probe.atLeast}`);
  return null;
}

/** Different people who approved, of those who may. */
export function approvalsOf(approvedBy: readonly string[], from: Policy['approvals']['from']): number {
  return new Set(from === null ? approvedBy : approvedBy.filter((name) => from.includes(name))).size;
}
