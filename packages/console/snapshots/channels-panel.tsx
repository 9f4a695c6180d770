import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowRight, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Channel, SnapshotSummary } from '@thimble/protocol';
import { Fragment, useState } from 'react';
import { undoPromotion } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import classes from './snapshots.module.css';

interface ChannelsPanelProps {
  readonly channels: readonly Channel[];
  readonly snapshots: readonly SnapshotSummary[];
}

interface Promotion {
  readonly snapshot: SnapshotSummary;
  readonly channel: string;
}

/** Which snapshot each channel points at, in the order in which they are promoted. */
export function ChannelsPanel({ channels, snapshots }: ChannelsPanelProps) {
  const [undoing, setUndoing] = useState<Channel>();
  const [promotion, setPromotion] = useState<Promotion>();
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
    <Panel title="Channels" note="Snapshots are promoted along these; runs install from what a channel points at.">
      <div className={classes['channels']}>
        {channels.map((channel, index) => (
          <Fragment key={channel.name}>
            {index === 0 ? null : <IconChevronRight size={18} aria-hidden className={classes['arrow']} />}
            <ChannelCard
              channel={channel}
              next={channels[index + 1]}
              snapshots={snapshots}
              onUndo={() => setUndoing(channel)}
              onPromote={setPromotion}
            />
          </Fragment>
        ))}
      </div>
      {promotion === undefined ? null : (
        <PromoteDialog
          snapshot={promotion.snapshot}
          channel={promotion.channel}
          onClose={() => setPromotion(undefined)}
        />
      )}
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

interface ChannelCardProps {
  readonly channel: Channel;
  readonly next: Channel | undefined;
  readonly snapshots: readonly SnapshotSummary[];
  readonly onUndo: () => void;
  readonly onPromote: (promotion: Promotion) => void;
}

function ChannelCard({ channel, next, snapshots, onUndo, onPromote }: ChannelCardProps) {
  const { name, snapshot, movedAt, movedBy, moves } = channel;
  const [last, before] = moves;
  const pointed = snapshots.find(({ id }) => id === snapshot?.id);
  return (
    <div className={classes['channel']} data-empty={snapshot === null}>
      <span className={classes['channelName']}>
        {name}
        <Behind pointed={pointed} snapshots={snapshots} />
      </span>
      {snapshot === null ? (
        <span className={classes['channelNote']}>Points at nothing yet: promote a snapshot to it.</span>
      ) : (
        <>
          <Link
            to="/snapshots/$snapshotId"
            params={{ snapshotId: snapshot.id }}
            className={`plain ${classes['channelSnapshot'] ?? ''}`}
          >
            {snapshot.name}
          </Link>
          <span className={classes['channelNote']}>
            <Ago at={movedAt} /> {movedBy === null ? '' : `by ${movedBy}`}
            {last === undefined || last.note === '' ? '' : `: ${last.note}`}
          </span>
        </>
      )}
      <span className={classes['channelActions']}>
        {next === undefined || pointed === undefined || next.snapshot?.id === pointed.id ? null : (
          <Permitted needs="content:write">
            <Button
              size="compact-xs"
              variant="subtle"
              rightSection={<IconArrowRight size={14} aria-hidden />}
              aria-label={`To ${next.name} …: promote ${pointed.name}`}
              onClick={() => onPromote({ snapshot: pointed, channel: next.name })}
            >
              To {next.name} …
            </Button>
          </Permitted>
        )}
        {before === undefined ? null : (
          <Permitted needs="content:write">
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              aria-label={`Back to ${before.snapshotName ?? 'nothing'}: undo the last promotion of ${name}`}
              onClick={onUndo}
            >
              Back to {before.snapshotName ?? 'nothing'}
            </Button>
          </Permitted>
        )}
      </span>
    </div>
  );
}

/** How many snapshots that could be promoted are newer than the one that a channel points at. */
function Behind({
  pointed,
  snapshots,
}: {
  pointed: SnapshotSummary | undefined;
  snapshots: readonly SnapshotSummary[];
}) {
  if (pointed === undefined) return null;
  const newer = snapshots.filter((one) => one.retiredAt === null && one.createdAt > pointed.createdAt).length;
  return newer === 0 ? <Tag tone="good">newest</Tag> : <span>{plural(newer, 'newer one')}</span>;
}
