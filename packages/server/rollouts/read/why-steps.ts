import type { RolloutMember, WhyNotPatched } from '@thimble/protocol';

export type WhyStep = WhyNotPatched['steps'][number];

/** What stands between a member of a rollout and its patch, in order; and which of the planner's waits each of them is. */
const STEPS: readonly (readonly [name: string, passed: string, waits: readonly string[]])[] = [
  ['approval', 'approved, or nobody has to', ['approval']],
  ['rollout', 'under way', ['halted', 'cancelled']],
  ['ring', 'open', ['ring']],
  ['hold', 'nobody holds it', ['hold']],
  ['endpoint', 'answers', ['offline', 'busy']],
  ['transaction', 'worked out', ['plan', 'retry', 'blocked']],
  ['trial', 'passed, or none is asked for', ['trial', 'trial-failed']],
  ['window', 'open', ['window', 'blackout', 'no-window']],
  ['turn', 'it is its turn', ['budget', 'at-once']],
  ['installation', 'done', ['working', 'failed']],
  ['reboot', 'done, or not needed', ['reboot-window', 'reboot-stagger', 'reboot-rule', 'consent']],
];

const FAILURES: ReadonlySet<string> = new Set(['failed', 'trial-failed', 'no-window', 'blocked']);

/** All before the step that it waits for are passed, all after it come later: it has exactly one wait, as soon as there is a plan. */
export function memberSteps(member: RolloutMember): readonly WhyStep[] {
  const { wait, explanation: words, waitsUntil: until, outcome } = member;
  // What no plan has said anything of, nobody knows to have passed.
  if (words === '') return [{ name: 'rollout', state: 'waits', words: 'its first plan is being made', until: null }];
  const stuck = wait === null ? -1 : STEPS.findIndex(([, , waits]) => waits.includes(wait));
  // Without a wait it is done, or its next step has just begun.
  const at =
    stuck >= 0 ? stuck : outcome === 'done' ? STEPS.length : STEPS.findIndex(([name]) => name === 'installation');
  return STEPS.map(([name, passed], index): WhyStep => {
    if (index < at) return { name, state: 'passed', words: passed, until: null };
    if (index > at) return { name, state: 'later', words: '', until: null };
    const failed = outcome === 'failed' || FAILURES.has(wait ?? '');
    return { name, state: failed ? 'failed' : 'waits', words, until };
  });
}
