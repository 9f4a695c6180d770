import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDotsVertical, IconRefresh, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { removeEndpoint, scanEndpoint } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { useNewRun } from '../runs/new-run.tsx';

export function EndpointActions({ endpoint }: { endpoint: EndpointSummary }) {
  const newRun = useNewRun();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const scan = useAction({
    run: () => scanEndpoint(endpoint.id),
    refresh: [keys.endpoint(endpoint.id)],
    done: () =>
      toastDone(
        'A scan was ordered',
        endpoint.connected ? 'Its result shows here within seconds.' : 'The endpoint takes it at its next check-in.',
      ),
  });
  const remove = useAction({
    run: () => removeEndpoint(endpoint.id),
    refresh: [keys.endpoints, keys.overview],
    done: () => {
      toastDone(`${endpoint.hostname} was removed`);
      void navigate({ to: '/endpoints' });
    },
  });
  const chosen = [{ id: endpoint.id, hostname: endpoint.hostname }];
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={scan.isPending}
        onClick={() => scan.mutate()}
      >
        Scan now
      </Button>
      {endpoint.updateCount > endpoint.securityUpdateCount ? (
        <Button variant="default" onClick={() => newRun({ endpoints: chosen, selection: 'all' })}>
          Plan all
        </Button>
      ) : null}
      {endpoint.securityUpdateCount > 0 ? (
        <Button
          leftSection={<IconShieldCheck size={16} aria-hidden />}
          onClick={() => newRun({ endpoints: chosen, selection: 'security' })}
        >
          Plan security updates
        </Button>
      ) : null}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDotsVertical size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setRemoving(true)}>
            Remove this endpoint …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={removing}
        title={`Remove ${endpoint.hostname}?`}
        action="Remove"
        danger
        pending={remove.isPending}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
      >
        The server forgets its key and takes no more reports from it. Evidence of what was done on it stays. To manage
        it again, enrol it again.
      </ConfirmDialog>
    </>
  );
}
