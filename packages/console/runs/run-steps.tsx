import { IconCheck, IconCircleX, IconProgress } from '@tabler/icons-react';
import type { RunState, RunSummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import classes from './runs.module.css';

const ORDER: readonly RunState[] = ['planning', 'awaiting-approval', 'running', 'finished'];

/** Where the run is: planning, approval, running, verified. */
export function RunSteps({ summary }: { summary: RunSummary }) {
  const cancelled = summary.state === 'cancelled';
  const at = cancelled ? (summary.approvedAt === null ? 1 : 2) : ORDER.indexOf(summary.state);
  const steps = [
    { name: 'Planning', words: at === 0 ? summary.explanation : 'exact transactions' },
    {
      name: 'Approval',
      words:
        summary.approvedAt === null ? (
          at === 1 && !cancelled ? (
            summary.explanation
          ) : (
            'by a person'
          )
        ) : (
          <>
            by {summary.approvedBy ?? 'unknown'}, <Ago at={summary.approvedAt} />
          </>
        ),
    },
    { name: 'Running', words: at === 2 && !cancelled ? summary.explanation : 'signed orders' },
    {
      name: cancelled ? 'Cancelled' : 'Verified',
      words: at === 3 || cancelled ? summary.explanation : 'on the running systems',
    },
  ];
  return (
    <ol className={classes['steps']} aria-label="Progress of the run">
      {steps.map((step, index) => {
        const stopped = cancelled && index === 3;
        const done = index < at || (index === 3 && summary.state === 'finished');
        const current = index === at && !done && !cancelled;
        return (
          <li
            key={step.name}
            className={classes['step']}
            data-reached={(index <= at && !cancelled) || index < at || stopped}
            data-cancelled={cancelled && index >= at}
            aria-current={current ? 'step' : undefined}
          >
            <span className={classes['stepName']}>
              {stopped ? (
                <IconCircleX size={15} aria-hidden />
              ) : done ? (
                <IconCheck size={15} aria-hidden />
              ) : current ? (
                <IconProgress size={15} aria-hidden />
              ) : null}
              {step.name}
            </span>
            <span>{step.words}</span>
          </li>
        );
      })}
    </ol>
  );
}
