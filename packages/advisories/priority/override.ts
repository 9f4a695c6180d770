import type { Decision, Priority, SeverityLevel } from './priority.ts';

/** An organisation's own judgement of a vulnerability. What is null stays as it was computed. */
export interface Override {
  readonly severity: SeverityLevel | null;
  readonly score: number | null;
  readonly decision: Decision | null;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The priority as the organisation sees it. The arithmetic stays readable: the override is its last step. */
export function applyOverride(priority: Priority, override: Override | null): Priority {
  if (override === null) return priority;
  const who = `${override.by} on ${override.at.slice(0, 10)}: ${override.reason}`;
  // A score outside of the scale, or none at all (NaN), is no judgement.
  const score =
    override.score !== null && override.score >= 0 && override.score <= 100 ? override.score : priority.score;
  const points = Math.round((score - priority.score) * 10) / 10;
  const changed = [
    ...(score === priority.score ? [] : [`score ${score}`]),
    ...(override.severity === null ? [] : [`severity ${override.severity}`]),
    ...(override.decision === null ? [] : [`decision ${override.decision}`]),
  ];
  return {
    score,
    severity: override.severity ?? priority.severity,
    decision: override.decision ?? priority.decision,
    decisionWhy:
      override.decision === null ? priority.decisionWhy : `replaced by ${who}; computed: ${priority.decision}`,
    steps: [...priority.steps, { name: 'override', value: changed.join(', ') || 'nothing', points, why: who }],
  };
}
