import type { Overview } from '@thimble/protocol';
import { Link } from '@tanstack/react-router';
import { formatCount, formatDays, plural } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';

export function Figures({ overview }: { overview: Overview }) {
  const { medianDaysToClose: median } = overview;
  return (
    <FigureGrid>
      <Link to="/endpoints" search={{ state: 'exposed' }} className={figureClasses.figure}>
        <FigureContent
          label="Exposed"
          tone={overview.exposedEndpoints > 0 ? 'danger' : 'good'}
          value={formatCount(overview.exposedEndpoints)}
          note={`of ${plural(overview.endpointCount, 'endpoint')}; ${plural(overview.openFindings, 'open finding')}`}
        />
      </Link>
      <Link to="/updates" search={{ security: true }} className={figureClasses.figure}>
        <FigureContent
          label="Updates pending"
          tone={overview.pendingUpdates > 0 ? 'notice' : 'good'}
          value={formatCount(overview.pendingUpdates)}
          note={`${formatCount(overview.securityUpdates)} of them for security`}
        />
      </Link>
      <Link to="/endpoints" search={{ state: 'waits' }} className={figureClasses.figure}>
        <FigureContent
          label="Not effective yet"
          tone={overview.notEffective > 0 ? 'wait' : 'good'}
          value={formatCount(overview.notEffective)}
          note="installed; wait for a reboot or restart"
        />
      </Link>
      <Link to="/runs" className={figureClasses.figure}>
        <FigureContent
          label="Runs under way"
          tone={overview.activeRuns > 0 ? 'busy' : 'quiet'}
          value={formatCount(overview.activeRuns)}
          note="planning, for approval, or running"
        />
      </Link>
      <div className={figureClasses.figure}>
        <FigureContent
          label="Median time to close"
          tone="quiet"
          value={median === null ? '–' : formatDays(median)}
          note={median === null ? 'nothing was closed yet' : 'findings closed in the last 30 days'}
        />
      </div>
    </FigureGrid>
  );
}
