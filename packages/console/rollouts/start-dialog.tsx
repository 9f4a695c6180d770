import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { snapshotsQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { policiesQuery } from '../api/policy-queries.ts';
import { startRollout } from '../api/rollout-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';

/** Begins a rollout of a policy now instead of waiting for its calendar. */
export function StartDialog({ policyId: given, onClose }: { policyId?: string; onClose: () => void }) {
  const policies = (useQuery(policiesQuery).data?.items ?? []).filter(({ enabled }) => enabled);
  const snapshots = (useQuery(snapshotsQuery).data?.items ?? []).filter(({ retiredAt }) => retiredAt === null);
  const navigate = useNavigate();
  const [typed, setTyped] = useState(given);
  const [snapshotId, setSnapshotId] = useState('');
  const [name, setName] = useState('');
  const policy = policies.find(({ id }) => id === typed) ?? policies[0];
  const start = useAction({
    run: (policyId: string) =>
      startRollout({
        policyId,
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        ...(snapshotId === '' ? {} : { snapshotId }),
      }),
    refresh: [keys.rollouts, keys.policies],
    done: ({ summary }) => {
      onClose();
      toastDone('The rollout began', summary.name);
      void navigate({ to: '/rollouts/$rolloutId', params: { rolloutId: summary.id } });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Start a rollout" size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (policy !== undefined) start.mutate(policy.id);
        }}
      >
        <Stack gap="md">
          <NativeSelect
            label="Policy"
            value={policy?.id ?? ''}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data={policies.map(({ id, name: label }) => ({ value: id, label }))}
          />
          {policy === undefined ? (
            <Text size="sm">There is no policy that is switched on.</Text>
          ) : (
            <Text size="sm" c="dimmed">
              {plural(policy.endpointCount, 'endpoint')} in {plural(policy.ringNames.length, 'ring')}:{' '}
              {policy.ringNames.join(', ')}. Nothing is installed outside its windows
              {policy.windowsInWords.length === 0 ? ', and it has none: it begins at once' : ''}.
            </Text>
          )}
          <NativeSelect
            label="Content"
            value={snapshotId}
            onChange={(event) => setSnapshotId(event.currentTarget.value)}
            data={[
              { value: '', label: 'What the policy says' },
              ...snapshots.map(({ id, name: label }) => ({ value: id, label })),
            ]}
          />
          <TextInput
            label="Name"
            description="Empty: the policy’s name and the day"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={start.isPending} disabled={policy === undefined}>
              Start
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
