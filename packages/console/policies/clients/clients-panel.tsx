import { List, Text } from '@mantine/core';
import type { PolicyClient } from '@thimble/protocol';
import { plural } from '../../format/quantity.ts';
import { Panel } from '../../shell/panel.tsx';

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
      <List size="sm" listStyleType="none">
        {clients.map(({ id, name, state, doubts }) => (
          <List.Item key={id}>
            {name}: {state === 'in-force' ? 'in force' : 'replaced by a policy of its own'}
            {doubts.map((doubt) => (
              <Text key={doubt} size="sm" c="dimmed">
                {doubt}: nothing begins there
              </Text>
            ))}
          </List.Item>
        ))}
      </List>
    </Panel>
  );
}
