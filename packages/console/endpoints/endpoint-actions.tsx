import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDotsVertical, IconLock, IconRefresh, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { removeEndpoint, scanEndpoint } from '../api/actions.ts';
import { quarantineEndpoint } from '../api/enrolment-actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

export function EndpointActions({ endpoint }: { endpoint: EndpointSummary }) {
  const newRun = useNewRun();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const [quarantining, setQuarantining] = useState(false);
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
  const takesOrders = endpoint.standing === undefined;
  const chosen = [{ id: endpoint.id, hostname: endpoint.hostname }];
  return (
    <>
      {takesOrders ? (
        <Permitted needs="runs:operate">
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            loading={scan.isPending}
            onClick={() => scan.mutate()}
          >
            Scan now
          </Button>
        </Permitted>
      ) : null}
      {takesOrders && endpoint.updateCount > endpoint.securityUpdateCount ? (
        <Permitted needs="runs:propose">
          <Button variant="default" onClick={() => newRun({ endpoints: chosen, selection: 'all' })}>
            Plan all
          </Button>
        </Permitted>
      ) : null}
      {takesOrders && endpoint.securityUpdateCount > 0 ? (
        <Permitted needs="runs:propose">
          <Button
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            onClick={() => newRun({ endpoints: chosen, selection: 'security' })}
          >
            Plan security updates
          </Button>
        </Permitted>
      ) : null}
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDotsVertical size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Permitted needs="endpoints:enrol">
            <Menu.Item
              leftSection={<IconLock size={16} aria-hidden />}
              disabled={endpoint.standing === 'quarantined'}
              onClick={() => setQuarantining(true)}
            >
              Put into quarantine …
            </Menu.Item>
          </Permitted>
          <Permitted needs="endpoints:write">
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setRemoving(true)}>
              Remove this endpoint …
            </Menu.Item>
          </Permitted>
        </Menu.Dropdown>
      </Menu>
      {quarantining ? (
        <ReasonDialog
          endpoint={endpoint}
          title={`Put ${endpoint.hostname} into quarantine?`}
          action="Quarantine"
          note="It goes on checking in, and gets neither orders nor content until somebody releases it. An installation that is under way ends by itself."
          run={quarantineEndpoint}
          onClose={() => setQuarantining(false)}
        />
      ) : null}
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
