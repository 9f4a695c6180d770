import { Anchor, Text } from '@mantine/core';
import type { PolicyClient } from '@thimble/protocol';
import { addressIn } from '../../api/organisation-here.ts';
import { plural } from '../../format/quantity.ts';
import { Panel } from '../../shell/panel.tsx';
import { Tag } from '../../states/state-badge.tsx';
import classes from '../policies.module.css';

/** Where a policy that is for clients too holds, as far as one may look into them. */
export function ClientsPanel({ clients, enforced }: { clients: readonly PolicyClient[]; enforced: boolean }) {
  const inForce = clients.filter(({ state }) => state === 'in-force').length;
  return (
    <Panel
      title="Clients"
      note={
        enforced
          ? 'It goes before their own policies'
          : 'Their own policies go first, and one of the same name replaces it'
      }
    >
      <Text size="sm" mb="xs">
        {clients.length === 0
          ? 'There is no client here whose policies you may see.'
          : `In force at ${inForce} of ${plural(clients.length, 'client')}.`}
      </Text>
      <ul className={classes['clients']}>
        {clients.map((client) => (
          <Client key={client.id} client={client} />
        ))}
      </ul>
    </Panel>
  );
}

function Client({ client: { id, name, state, doubts } }: { client: PolicyClient }) {
  return (
    <li>
      <Anchor href={addressIn(id, '/policies')} size="sm" underline="always">
        {name}
      </Anchor>{' '}
      {state === 'overridden' ? (
        <Tag tone="quiet">has a policy of this name of its own</Tag>
      ) : (
        <Tag tone={doubts.length === 0 ? 'good' : 'wait'}>in force</Tag>
      )}
      {doubts.map((doubt) => (
        <Text key={doubt} size="sm" c="dimmed">
          Nothing begins there: {doubt}
        </Text>
      ))}
    </li>
  );
}
