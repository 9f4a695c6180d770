import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { FleetUpdate } from '@thimble/protocol';
import { plural } from '../format/quantity.ts';
import classes from './updates.module.css';

/** More are read in the endpoints' own table, which searches and sorts. */
const SHOWN = 60;

/** The endpoints that one update is pending on, with what they have installed. */
export function UpdateEndpoints({ update }: { update: FleetUpdate }) {
  const rest = update.endpointCount - Math.min(SHOWN, update.endpoints.length);
  return (
    <div className={classes['detail']}>
      <ul className={classes['list']}>
        {update.endpoints.slice(0, SHOWN).map((endpoint) => (
          <li key={endpoint.id}>
            <Link to="/endpoints/$endpointId" params={{ endpointId: endpoint.id }} className="plain truncate">
              {endpoint.hostname}
            </Link>
            <Text span size="xs" c="dimmed" className="mono">
              {endpoint.installed}
            </Text>
          </li>
        ))}
      </ul>
      <Anchor component={Link} to={`/endpoints?update=${encodeURIComponent(update.name)}`} size="sm">
        {rest > 0 ? `and ${plural(rest, 'more', 'more')}; all in the endpoints’ table` : 'Show in the endpoints’ table'}
      </Anchor>
    </div>
  );
}
