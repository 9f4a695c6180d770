import type { TargetState } from '@thimble/protocol';
import { TARGET_STATES } from '../states/run-states.ts';
import classes from './runs.module.css';

const ORDER = Object.keys(TARGET_STATES) as TargetState[];

/** Targets by state as a thin bar, with the same in words for those who do not see it. */
export function TargetCounts({ counts }: { counts: Readonly<Record<string, number>> }) {
  const shown = ORDER.filter((state) => (counts[state] ?? 0) > 0);
  const words = shown.map((state) => `${counts[state] ?? 0} ${TARGET_STATES[state].label.toLowerCase()}`).join(', ');
  return (
    <span className={classes['counts']} role="img" aria-label={words} title={words}>
      {shown.map((state) => (
        <span key={state} data-tone={TARGET_STATES[state].tone} style={{ flexGrow: counts[state] ?? 0 }} />
      ))}
    </span>
  );
}
