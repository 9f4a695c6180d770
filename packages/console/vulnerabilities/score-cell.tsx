import type { SsvcDecision } from '@thimble/protocol';
import { DECISIONS } from '../states/assess-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import classes from './score.module.css';

/** How urgent, as a number with its bar, and the decision in a word. */
export function ScoreCell({ score, decision }: { score: number; decision: SsvcDecision }) {
  const look = DECISIONS[decision];
  return (
    <span className={classes['cell']}>
      <span className={classes['value']}>{formatScore(score)}</span>
      <span className={classes['bar']} data-tone={look.tone} aria-hidden>
        <span style={{ width: `${Math.min(100, Math.max(0, score))}%` }} />
      </span>
      <StateBadge look={look} />
    </span>
  );
}

export function formatScore(score: number): string {
  return score.toFixed(1);
}
