import type { RolloutSummary } from '@thimble/protocol';
import { RING_STATES } from '../states/rollout-states.ts';
import classes from './rollouts.module.css';

/** The rings of a rollout side by side, each filled as far as it is done; the words are for those who can't see it. */
export function RingStrip({ rings }: { rings: RolloutSummary['rings'] }) {
  const words = rings.map(
    ({ name, state, memberCount, doneCount }) =>
      `${name}: ${RING_STATES[state].label.toLowerCase()}, ${doneCount} of ${memberCount} done`,
  );
  return (
    <span className={classes['strip']} role="img" aria-label={words.join('; ')} title={words.join('\n')}>
      {rings.map(({ name, state, memberCount, doneCount }) => (
        <span key={name} className={classes['stripRing']} data-tone={RING_STATES[state].tone}>
          <span
            style={{ width: `${state === 'passed' ? 100 : memberCount === 0 ? 0 : (doneCount / memberCount) * 100}%` }}
          />
        </span>
      ))}
    </span>
  );
}
