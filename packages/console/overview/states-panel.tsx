import { Anchor, Text } from '@mantine/core';
import type { EndpointState } from '@thimble/protocol';
import { Link } from '@tanstack/react-router';
import { formatCount } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { ENDPOINT_STATE_ORDER, ENDPOINT_STATES } from '../states/endpoint-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import classes from './overview.module.css';

interface StatesPanelProps {
  readonly states: Readonly<Record<string, number>>;
  readonly total: number;
  /** They wait to be let in, and are in none of the states. */
  readonly waiting: number;
}

/** The endpoints by state: a bar for the eye, and the same as a list with links. */
export function StatesPanel({ states, total, waiting }: StatesPanelProps) {
  const shown = ENDPOINT_STATE_ORDER.filter((state) => (states[state] ?? 0) > 0);
  return (
    <Panel title="Endpoints by state">
      <div className={classes['stateBar']} aria-hidden>
        {shown.map((state) => (
          <span key={state} data-tone={ENDPOINT_STATES[state].tone} style={{ flexGrow: states[state] ?? 0 }} />
        ))}
      </div>
      <ul className={classes['stateList']}>
        {shown.map((state) => (
          <StateLine key={state} state={state} count={states[state] ?? 0} total={total} />
        ))}
      </ul>
      {waiting === 0 ? null : (
        <Text size="sm" c="dimmed" mt="sm">
          <Anchor component={Link} to="/enrolment" size="sm" underline="always">
            {waiting === 1 ? '1 more waits' : `${formatCount(waiting)} more wait`} to be let in
          </Anchor>
        </Text>
      )}
    </Panel>
  );
}

function StateLine({ state, count, total }: { state: EndpointState; count: number; total: number }) {
  return (
    <li>
      <Link to="/endpoints" search={{ state }} className="plain">
        <StateBadge look={ENDPOINT_STATES[state]} />
      </Link>
      <span>{formatCount(count)}</span>
      <span>{total === 0 ? '' : `${((100 * count) / total).toFixed(count === total ? 0 : 1)} %`}</span>
    </li>
  );
}
