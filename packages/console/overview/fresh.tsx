import { Anchor, Group, Loader, Text } from '@mantine/core';
import type { Overview } from '@thimble/protocol';
import { IconServer2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Panel } from '../shell/panel.tsx';

/** What a new server shows: this machine comes first, and how others follow. */
export function Fresh({ overview }: { overview: Overview }) {
  const scanning = overview.endpointCount === 0 || (overview.states['unknown'] ?? 0) > 0;
  return (
    <Panel>
      <Group gap="md" wrap="nowrap" align="flex-start">
        {scanning ? <Loader size="sm" aria-hidden /> : <IconServer2 size={24} stroke={1.6} aria-hidden />}
        <div>
          <Text fw={600}>{scanning ? 'This machine is being scanned …' : 'This machine is enrolled and scanned'}</Text>
          <Text size="sm" c="dimmed" mt={2}>
            {scanning ? 'Its packages and pending updates show here in a moment. ' : ''}
            Nothing is changed before somebody approves it. To enrol more machines, make an enrolment token in{' '}
            <Anchor component={Link} to="/settings" size="sm" underline="always">
              Settings
            </Anchor>{' '}
            and run the command that comes with it.
          </Text>
        </div>
      </Group>
    </Panel>
  );
}
