import type { RolloutMember, WhyNotPatched } from '@thimble/protocol';
import { waitInWords } from '@thimble/rollouts';

export type WhyStep = WhyNotPatched['steps'][number];

/** What stands between a member of a rollout and its patch, in order; and which of the planner's waits each of them is. */
const STEPS: readonly (readonly [name: string, passed: string, waits: readonly string[]])[] = [
  ['approval', 'approved, or nobody has to', ['approval']],
  ['rollout', 'under way', ['halted', 'cancelled']],
  ['ring', 'open', ['ring']],
  ['hold', 'nobody holds it', ['hold']],
  ['endpoint', 'answers', ['quarantine', 'offline', 'busy']],
  ['transaction', 'worked out', ['plan', 'retry', 'blocked']],
  ['trial', 'passed, or none is asked for', ['trial', 'trial-failed']],
  ['window', 'open', ['window', 'blackout', 'no-window']],
  ['turn', 'it is its turn', ['budget', 'at-once']],
  ['installation', 'done', ['working', 'failed']],
  ['reboot', 'done, or not needed', ['reboot-window', 'reboot-stagger', 'reboot-rule', 'consent']],
];

const FAILURES: ReadonlySet<string> = new Set(['failed', 'trial-failed', 'no-window', 'blocked']);

const indexOf = (step: string): number => STEPS.findIndex(([name]) => name === step);
const HOLD = indexOf('hold');
const INSTALLATION = indexOf('installation');

/** Where a member stands: which step, and why there. */
interface Place {
  readonly at: number;
  readonly words: string;
  readonly until: string | null;
}

/** All before the step that it waits for are passed, all after it come later: it has exactly one wait, as soon as there is a plan. */
export function memberSteps(member: RolloutMember, nowMs: number): readonly WhyStep[] {
  const { wait, explanation, outcome } = member;
  // What no plan has said anything of, nobody knows to have passed.
  if (explanation === '')
    return [{ name: 'rollout', state: 'waits', words: 'its first plan is being made', until: null }];
  const { at, words, until } = decidedPlace(member, placeByPlan(member), nowMs);
  return STEPS.map(([name, passed], index): WhyStep => {
    if (index < at) return { name, state: 'passed', words: passed, until: null };
    if (index > at) return { name, state: 'later', words: '', until: null };
    const failed = outcome === 'failed' || FAILURES.has(wait ?? '');
    return { name, state: failed ? 'failed' : 'waits', words, until };
  });
}

function placeByPlan({ wait, explanation: words, waitsUntil: until, outcome }: RolloutMember): Place {
  const stuck = wait === null ? -1 : STEPS.findIndex(([, , waits]) => waits.includes(wait));
  // Without a wait it is done, or its next step has just begun.
  const at = stuck >= 0 ? stuck : outcome === 'done' ? STEPS.length : INSTALLATION;
  return { at, words, until };
}

/** A hold counts from the moment it was decided, not only from the next plan: who has just decided it asks at once. */
function decidedPlace({ hold, outcome }: RolloutMember, byPlan: Place, nowMs: number): Place {
  const untilMs = hold === null || hold.until === null ? null : Date.parse(hold.until);
  const holds = hold !== null && (untilMs === null || untilMs > nowMs);
  if (!holds)
    return byPlan.at === HOLD ? { at: HOLD, words: 'was released; its next plan is being made', until: null } : byPlan;
  if (byPlan.at <= HOLD || (outcome !== 'waiting' && outcome !== 'offline')) return byPlan;
  return { at: HOLD, words: waitInWords({ kind: 'hold', why: hold.reason, untilMs }), until: hold.until };
}
