import type { RolloutDetail, RolloutRing } from '@thimble/protocol';
import type { Decision } from '../../api/rollout-actions.ts';

interface DecisionWords {
  readonly label: string;
  /** What follows from it. */
  readonly consequence: string;
  readonly done: string;
  readonly danger: boolean;
  readonly reason: boolean;
}

export const DECISION_WORDS: Readonly<Record<Decision, DecisionWords>> = {
  approve: {
    label: 'Approve',
    consequence: 'Your approval counts once. When enough people approved, it goes on by itself in its windows.',
    done: 'Approved',
    danger: false,
    reason: false,
  },
  halt: {
    label: 'Halt',
    consequence:
      'Nothing new begins on any endpoint. An installation that has begun goes on to its end: stopping there would leave packages half installed. What is installed stays.',
    done: 'The rollout is halted',
    danger: true,
    reason: true,
  },
  resume: {
    label: 'Resume',
    consequence:
      'It goes on from where it stands. Failures that were counted so far stay: they halt it no more, further ones do.',
    done: 'The rollout goes on',
    danger: false,
    reason: false,
  },
  'skip-gate': {
    label: 'Skip gate',
    consequence:
      'The ring passes whatever its soak, its checks and its approvals say, and the next ring opens. The record names you and the reason.',
    done: 'The gate was passed by hand',
    danger: true,
    reason: true,
  },
  'roll-back': {
    label: 'Roll back',
    consequence:
      'The rollout halts, and endpoints go back to the versions before from the vendor’s own files that they kept. What the updates closed is open again afterwards.',
    done: 'The roll back was ordered',
    danger: true,
    reason: true,
  },
  cancel: {
    label: 'Cancel rollout',
    consequence:
      'It ends for good. What has not begun does not begin; what is installed stays. A new rollout begins from the first ring.',
    done: 'The rollout is cancelled',
    danger: true,
    reason: false,
  },
  retry: {
    label: 'Retry failed',
    consequence: 'Failed endpoints work out their transaction anew and try again in their windows.',
    done: 'Failed endpoints are tried again',
    danger: false,
    reason: false,
  },
  block: {
    label: 'Block versions',
    consequence:
      'The package versions that failed endpoints installed are recalled on the whole fleet: no run and no rollout installs them before somebody lifts the block.',
    done: 'The versions are blocked',
    danger: true,
    reason: true,
  },
  hold: {
    label: 'Hold',
    consequence: 'Nothing begins on these endpoints while the hold stands. They do not hold up their ring’s gate.',
    done: 'Held',
    danger: false,
    reason: true,
  },
  release: {
    label: 'Release',
    consequence: 'They take part again, from their next window on.',
    done: 'Released',
    danger: false,
    reason: false,
  },
};

/** The rings that a decision can be for; empty: it is for the whole rollout. */
export function ringsFor(decision: Decision, { rings, summary, approvals }: RolloutDetail): readonly RolloutRing[] {
  switch (decision) {
    case 'approve':
      return summary.state === 'awaiting-approval' || approvals.by.length < approvals.required
        ? []
        : rings.filter((ring) => ring.passedAt === null && ring.approvals.by.length < ring.approvals.required);
    case 'skip-gate':
      return rings.filter(({ state }) => state !== 'waiting' && state !== 'passed' && state !== 'rolled-back');
    case 'roll-back':
      return rings.filter(({ openedAt }) => openedAt !== null);
    case 'block':
      return rings.filter(({ counts }) => counts.failed > 0);
    default:
      return [];
  }
}

/** Whether a ring has to be named, or the whole rollout can be meant. */
export const NEEDS_RING: ReadonlySet<Decision> = new Set(['skip-gate']);
