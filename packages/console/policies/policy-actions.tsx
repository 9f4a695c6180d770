import { Button, Menu } from '@mantine/core';
import { IconDots, IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { PolicyDetail } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { changePolicy, removePolicy } from '../api/policy-actions.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { StartDialog } from '../rollouts/start-dialog.tsx';
import { withValue } from './text/policy-text.ts';

/** What can be done with a policy as a whole. */
export function PolicyActions({ detail }: { detail: PolicyDetail }) {
  const { summary, text } = detail;
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'start' | 'switch' | 'remove'>();
  const close = (): void => setDialog(undefined);
  const turned = summary.enabled ? 'off' : 'on';
  const flip = useAction({
    run: () =>
      changePolicy(summary.id, {
        version: summary.version,
        text: withValue(text, ['enabled'], !summary.enabled),
        note: `switched ${turned}`,
      }),
    refresh: [keys.policies],
    done: () => {
      close();
      toastDone(`Switched ${turned}`, summary.name);
    },
  });
  const removing = useAction({
    run: () => removePolicy(summary.id),
    refresh: [keys.policies],
    done: () => {
      toastDone('Removed', summary.name);
      void navigate({ to: '/policies' });
    },
  });
  const follow = plural(summary.endpointCount, 'endpoint follows', 'endpoints follow');
  return (
    <>
      {summary.inherited === null ? (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={10} aria-label="More to do with this policy">
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Permitted needs="policies:write">
              <Menu.Item onClick={() => setDialog('switch')}>Switch {turned} …</Menu.Item>
            </Permitted>
            <Permitted needs="policies:write">
              <Menu.Item onClick={() => setDialog('remove')}>Remove …</Menu.Item>
            </Permitted>
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {summary.enabled ? (
        <Permitted needs="runs:propose">
          <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setDialog('start')}>
            Start a rollout …
          </Button>
        </Permitted>
      ) : summary.inherited === null ? (
        <Permitted needs="policies:write">
          <Button onClick={() => setDialog('switch')}>Switch on …</Button>
        </Permitted>
      ) : null}
      {dialog === 'start' ? <StartDialog policyId={summary.id} onClose={close} /> : null}
      <ConfirmDialog
        opened={dialog === 'switch'}
        title={`Switch ${summary.name} ${turned}?`}
        action={`Switch ${turned}`}
        pending={flip.isPending}
        onClose={close}
        onConfirm={() => flip.mutate()}
      >
        {summary.enabled
          ? `${follow} it. From now on they follow the next policy in whose scope they are, or none. A rollout that is under way goes on.`
          : 'Endpoints in its scope follow it from now on, unless one with a higher priority takes them, and it starts by its calendar.'}
      </ConfirmDialog>
      <ConfirmDialog
        opened={dialog === 'remove'}
        title={`Remove ${summary.name}?`}
        action="Remove"
        danger
        pending={removing.isPending}
        onClose={close}
        onConfirm={() => removing.mutate()}
      >
        {follow} it. They follow the next policy in whose scope they are, or none: then nothing patches them by itself.
        Its versions stay on record, and a rollout that is under way goes on.
      </ConfirmDialog>
    </>
  );
}
