import { Button, Text } from '@mantine/core';
import { IconArrowBackUp, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Channel } from '@thimble/protocol';
import { Fragment, useState } from 'react';
import { undoPromotion } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import classes from './snapshots.module.css';

/** Which snapshot each channel points at, in the order in which they are promoted. */
export function ChannelsPanel({ channels }: { channels: readonly Channel[] }) {
  const [undoing, setUndoing] = useState<Channel>();
  const undo = useAction({
    run: (name: string) => undoPromotion(name),
    refresh: [keys.content],
    done: ({ name, snapshot }) => {
      setUndoing(undefined);
      toastDone(`${name} points at ${snapshot?.name ?? 'nothing'} again`);
    },
  });
  if (channels.length === 0) return null;
  return (
    <Panel
      title="Channels"
      note="Snapshots are promoted from left to right; runs install from what a channel points at."
    >
      <div className={classes['channels']}>
        {channels.map((channel, index) => (
          <Fragment key={channel.name}>
            {index === 0 ? null : <IconChevronRight size={18} aria-hidden className={classes['arrow']} />}
            <div className={classes['channel']}>
              <span className={classes['channelName']}>{channel.name}</span>
              {channel.snapshot === null ? (
                <span className={classes['channelSnapshot']}>nothing yet</span>
              ) : (
                <Link
                  to="/snapshots/$snapshotId"
                  params={{ snapshotId: channel.snapshot.id }}
                  className={`plain ${classes['channelSnapshot'] ?? ''}`}
                >
                  {channel.snapshot.name}
                </Link>
              )}
              <Text size="xs" c="dimmed">
                <Ago at={channel.movedAt} /> {channel.movedBy === null ? '' : `by ${channel.movedBy}`}
              </Text>
              {channel.moves.length < 2 ? null : (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  style={{ alignSelf: 'flex-start' }}
                  leftSection={<IconArrowBackUp size={14} aria-hidden />}
                  aria-label={`Undo the last promotion of ${channel.name}`}
                  onClick={() => setUndoing(channel)}
                >
                  Back to {channel.moves[1]?.snapshotName ?? 'nothing'}
                </Button>
              )}
            </div>
          </Fragment>
        ))}
      </div>
      <ConfirmDialog
        opened={undoing !== undefined}
        title={`Point ${undoing?.name ?? ''} back at ${undoing?.moves[1]?.snapshotName ?? 'nothing'}?`}
        action="Point back"
        pending={undo.isPending}
        onClose={() => setUndoing(undefined)}
        onConfirm={() => {
          if (undoing !== undefined) undo.mutate(undoing.name);
        }}
      >
        New runs install from there. Runs that are under way keep the snapshot with which they began, and nothing is
        uninstalled.
      </ConfirmDialog>
    </Panel>
  );
}
