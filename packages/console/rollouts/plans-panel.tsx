import { useQuery } from '@tanstack/react-query';
import type { RolloutPlanList } from '@thimble/protocol';
import { plansQuery } from '../api/rollout-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import classes from './rollouts.module.css';

const ACTIONS_SHOWN = 4;

/** The plans that were followed, each with what it changed to its parent. */
export function PlansPanel({ rolloutId }: { rolloutId: string }) {
  const query = useQuery(plansQuery(rolloutId));
  return (
    <Panel title="Plans" note="A plan never changes; what happens makes a new one" flush>
      <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No plan was made yet" />
          ) : (
            <ol className={classes['events']} tabIndex={0} aria-label="Plans of the rollout">
              {items.map((plan) => (
                <PlanLine key={plan.id} plan={plan} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Panel>
  );
}

function PlanLine({ plan }: { plan: RolloutPlanList['items'][number] }) {
  const { number, madeAt, sha256, changedCount, actions } = plan;
  const more = actions.length - ACTIONS_SHOWN;
  return (
    <li className={classes['event']}>
      <span className={classes['eventWhen']}>
        <Ago at={madeAt} />
      </span>
      <span className={classes['eventWords']}>
        Plan {number} <code>{sha256.slice(0, 12)}</code>: {plural(changedCount, 'endpoint')} different
        {actions.slice(0, ACTIONS_SHOWN).map((words, index) => (
          <span key={index} className={classes['conditionNote']} style={{ display: 'block' }}>
            {words}
          </span>
        ))}
        {more > 0 ? <span className={classes['conditionNote']}>and {more} more</span> : null}
      </span>
    </li>
  );
}
