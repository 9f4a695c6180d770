import type { RiskSeries, Severity } from '@thimble/protocol';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';
import { SEVERITIES } from '../states/assess-states.ts';

const SHOWN = ['critical', 'high', 'medium', 'low', 'unknown'] as const satisfies readonly Severity[];

/**
 * What is open now by severity, and what is exploited. Nothing here is ever green: zero known is not zero.
 * `gapCount` undefined: not known yet.
 */
export function RiskFigures({ risk, gapCount }: { risk: RiskSeries; gapCount: number | undefined }) {
  const now = risk.points.at(-1);
  const median = (severity: Severity): string => {
    const found = risk.medianDaysToRemediate.find((one) => one.severity === severity)?.days ?? null;
    return found === null ? 'none remediated in 90 days' : `median ${round(found)} d to remediate`;
  };
  return (
    <FigureGrid dense>
      <Link to="/vulnerabilities" search={{ kev: true }} className={figureClasses.figure}>
        <FigureContent
          label="Exploited"
          tone={(now?.exploited ?? 0) > 0 ? 'danger' : 'quiet'}
          value={formatCount(now?.exploited ?? 0)}
          note={`${formatCount(Math.round(risk.exploitedExposureDays))} days exposed in the last 90`}
        />
      </Link>
      {SHOWN.map((severity) => (
        <Link key={severity} to="/vulnerabilities" search={{ severity }} className={figureClasses.figure}>
          <FigureContent
            label={SEVERITIES[severity].label}
            tone="quiet"
            severity={severity}
            value={formatCount(now?.[severity] ?? 0)}
            note={median(severity)}
          />
        </Link>
      ))}
      <Link to="/gaps" className={figureClasses.figure}>
        <FigureContent
          label="Gaps"
          tone={(gapCount ?? 0) > 0 ? 'notice' : 'quiet'}
          value={gapCount === undefined ? '–' : formatCount(gapCount)}
          note="that could not be assessed: unknown"
        />
      </Link>
    </FigureGrid>
  );
}

function round(days: number): string {
  return days >= 10 ? days.toFixed(0) : days.toFixed(1);
}
