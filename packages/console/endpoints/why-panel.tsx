import { Anchor, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconHourglass } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EndpointSummary, WhyNotPatched } from '@thimble/protocol';
import { whyQuery } from '../api/rollout-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import { ROLLOUT_STATES, WHY_STEPS } from '../states/rollout-states.ts';
import { FollowedPolicy } from './followed-policy.tsx';
import { WhyUpdates } from './why-updates.tsx';
import classes from './endpoint.module.css';

const ICONS = { passed: IconCircleCheck, waits: IconHourglass, failed: IconCircleX, later: IconCircleDashed } as const;

/** Everything that stands between an endpoint and its pending updates, in the order in which it is passed. */
export function WhyPanel({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(whyQuery(endpoint.id));
  return (
    <div className={classes['wide']}>
      <Panel title={endpoint.updateCount === 0 ? 'Its policy' : 'Why is it not patched?'}>
        <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
          {(why) => (
            <>
              <Text size="sm" fw={600} mb="xs">
                {why.summary}
              </Text>
              <Steps steps={why.steps} />
              <Origin why={why} />
              <FollowedPolicy endpointId={endpoint.id} />
              <WhyUpdates updates={why.updates} total={why.updateCount} />
            </>
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

function Steps({ steps }: { steps: WhyNotPatched['steps'] }) {
  if (steps.length === 0) return null;
  return (
    <ol className={classes['why']}>
      {steps.map(({ name, state, words, until }) => {
        const Icon = ICONS[state];
        return (
          <li key={name} data-tone={WHY_STEPS[state].tone} data-state={state}>
            <Icon size={17} role="img" aria-label={WHY_STEPS[state].label} />
            <span className={classes['whyName']}>{name}</span>
            <span>
              {words}
              {until === null ? null : (
                <span className={classes['whyUntil']}>
                  {' '}
                  until {formatMoment(until)} (<Ago at={until} />)
                </span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Origin({ why: { rollout, policy } }: { why: WhyNotPatched }) {
  if (rollout === null) return null;
  return (
    <Text size="sm" mt="xs">
      In the rollout{' '}
      <Anchor component={Link} to={`/rollouts/${rollout.id}`} size="sm" underline="always">
        {rollout.name}
      </Anchor>{' '}
      ({ROLLOUT_STATES[rollout.state].label.toLowerCase()}
      {policy === null || policy.ring === null ? '' : `, ring ${policy.ring}`})
    </Text>
  );
}
