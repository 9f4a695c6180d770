import type { RolloutDetail } from '@thimble/protocol';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import classes from './rollouts.module.css';

/** What was decided and what happened, by whom and why. */
export function EventsPanel({ events }: { events: RolloutDetail['events'] }) {
  return (
    <Panel title="What happened" note="Newest first" flush>
      {events.length === 0 ? (
        <EmptyState title="Nothing yet" />
      ) : (
        <ol className={classes['events']} tabIndex={0} aria-label="Events of the rollout">
          {events.map(({ at, actor, kind, ring, summary }, index) => (
            <li key={index} className={classes['event']}>
              <span className={classes['eventWhen']}>
                <Ago at={at} />
              </span>
              <span className={classes['eventWords']}>
                {ring === null ? null : <Tag tone="quiet">{ring}</Tag>} {summary}
                <span className={classes['conditionNote']}>
                  {' '}
                  · {kind}, {actor}
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
