import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { runsQuery } from '../api/queries.ts';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { RUN_STATES } from '../states/run-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import classes from './active-runs.module.css';

const SHOWN = 5;

/** Runs that somebody may be waiting for; what waits for approval comes first. */
export function ActiveRuns() {
  const active = (useQuery(runsQuery).data?.items ?? [])
    .filter((run) => run.state !== 'finished' && run.state !== 'cancelled')
    .sort((a, b) => Number(b.state === 'awaiting-approval') - Number(a.state === 'awaiting-approval'));
  if (active.length === 0) return null;
  return (
    <Panel title="Under way" flush>
      {active.slice(0, SHOWN).map((run) => (
        <Link key={run.id} to="/runs/$runId" params={{ runId: run.id }} className={classes['row']}>
          <span className={classes['name']}>{run.name}</span>
          <StateBadge look={RUN_STATES[run.state]} />
          <span className={classes['words']}>{run.explanation}</span>
          <span className={classes['count']}>{plural(run.targetCount, 'endpoint')}</span>
        </Link>
      ))}
    </Panel>
  );
}
