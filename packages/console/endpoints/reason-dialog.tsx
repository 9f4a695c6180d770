import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { EndpointSummary } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

interface ReasonDialogProps {
  readonly endpoint: EndpointSummary;
  readonly title: string;
  readonly action: string;
  readonly note: string;
  readonly run: (endpointId: string, reason: string) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Something that is done to an endpoint for a reason, which the evidence keeps. */
export function ReasonDialog({ endpoint, title, action, note, run, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const act = useAction({
    run: () => run(endpoint.id, reason.trim()),
    refresh: [keys.endpoints, keys.endpoint(endpoint.id)],
    done: () => {
      toastDone('Done', endpoint.hostname);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{note}</Text>
          <TextInput
            label="Reason"
            description="For the record"
            value={reason}
            maxLength={500}
            required
            withAsterisk={false}
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={act.isPending} disabled={reason.trim() === ''}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
