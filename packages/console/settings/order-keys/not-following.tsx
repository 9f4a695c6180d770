import { List } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { OrderKeyStatus } from '@thimble/protocol';
import { formatCount } from '../../format/quantity.ts';
import { standingOf } from './followers-in-words.ts';

/** Enough to go and look; all of them: `thimble server order-keys --json`. */
const SHOWN = 20;

/** Endpoints that do not follow the newest list, by name. */
export function NotFollowing({ status: { sequence, endpoints, notFollowing } }: { status: OrderKeyStatus }) {
  const more = endpoints.behind + endpoints.astray + endpoints.unheard - Math.min(SHOWN, notFollowing.length);
  if (notFollowing.length === 0) return null;
  return (
    <List size="sm" spacing={4} aria-label="Endpoints that do not follow">
      {notFollowing.slice(0, SHOWN).map((endpoint) => (
        <List.Item key={endpoint.endpointId}>
          <Link
            to="/endpoints/$endpointId"
            params={{ endpointId: endpoint.endpointId }}
            className="plain"
            style={{ textDecoration: 'underline' }}
          >
            {endpoint.hostname}
          </Link>
          : {standingOf(endpoint, sequence)}
        </List.Item>
      ))}
      {more > 0 ? <List.Item>{formatCount(more)} more</List.Item> : null}
    </List>
  );
}
