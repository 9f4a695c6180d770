import { Autocomplete, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SnapshotSummary } from '@thimble/protocol';
import { useState } from 'react';
import { promoteSnapshot } from '../api/content-actions.ts';
import { channelsQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

/** Lets a channel point at the snapshot; the next one in the order is offered first. */
export function PromoteDialog({
  snapshot,
  channel: given,
  onClose,
}: {
  snapshot: SnapshotSummary;
  /** Offered instead of the next one in the order. */
  channel?: string;
  onClose: () => void;
}) {
  const channels = useQuery(channelsQuery).data?.items ?? [];
  const next = channels.find(({ name }) => !snapshot.channels.includes(name))?.name;
  const [typed, setTyped] = useState<string | undefined>(given);
  const [note, setNote] = useState('');
  const channel = (typed ?? next ?? (channels.length === 0 ? 'canary' : '')).trim();
  const now = channels.find(({ name }) => name === channel);
  const promote = useAction({
    run: () =>
      promoteSnapshot(channel, { snapshotId: snapshot.id, ...(note.trim() === '' ? {} : { note: note.trim() }) }),
    refresh: [keys.content],
    done: () => {
      onClose();
      toastDone(`${channel} points at ${snapshot.name}`);
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Promote ${snapshot.name}`} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (channel !== '') promote.mutate();
        }}
      >
        <Stack gap="md">
          <Autocomplete
            label="Channel"
            description="A new name makes a new channel"
            data={channels.map(({ name }) => name)}
            value={channel}
            maxLength={100}
            onChange={setTyped}
          />
          <Text size="sm" c="dimmed">
            {now === undefined
              ? 'It is new.'
              : now.snapshot === null
                ? 'It points at nothing yet.'
                : `It points at ${now.snapshot.name} now; that can be brought back.`}
          </Text>
          <Textarea
            label="Note"
            autosize
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={promote.isPending} disabled={channel === ''}>
              Promote
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
