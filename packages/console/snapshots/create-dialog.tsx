import { Button, Group, Modal, MultiSelect, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { createSnapshot } from '../api/content-actions.ts';
import { repositoriesQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { formatBytes } from '../format/quantity.ts';

/** Freezes the state of all repositories; shows what upstreams are doing meanwhile. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const repositories = useQuery(repositoriesQuery);
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [synchronise, setSynchronise] = useState(true);
  const [failing, setFailing] = useState<'refuse' | 'last-good'>('refuse');
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: createSnapshot,
    onSuccess: ({ summary }) => {
      void client.invalidateQueries({ queryKey: keys.content });
      onClose();
      toastDone('Frozen', summary.name);
      void navigate({ to: '/snapshots/$snapshotId', params: { snapshotId: summary.id } });
    },
  });
  const all = repositories.data?.items ?? [];
  const running = all.filter((one) => one.running !== null);
  return (
    <Modal opened onClose={onClose} title="New snapshot" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate({
            synchronise,
            failing,
            ...(name.trim() === '' ? {} : { name: name.trim() }),
            ...(note.trim() === '' ? {} : { note: note.trim() }),
            ...(chosen.length === 0 ? {} : { repositoryIds: chosen }),
          });
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder="The date"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <MultiSelect
            label="Repositories"
            placeholder={chosen.length === 0 ? 'All that are switched on' : ''}
            data={all.map(({ id, name: label }) => ({ value: id, label }))}
            value={chosen}
            onChange={setChosen}
            clearable
            clearButtonProps={{ 'aria-label': 'All repositories' }}
          />
          <Radio.Group
            label="State"
            value={synchronise ? 'now' : 'here'}
            onChange={(value) => setSynchronise(value === 'now')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="now" label="As upstream is now" description="Upstreams are asked and verified first" />
              <Radio value="here" label="As it is here" description="From the newest verified revisions" />
            </Stack>
          </Radio.Group>
          <Radio.Group
            label="When an upstream can’t be verified"
            value={failing}
            onChange={(value) => setFailing(value === 'last-good' ? 'last-good' : 'refuse')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="refuse" label="Make no snapshot, and say why" />
              <Radio value="last-good" label="Take its last good state" />
            </Stack>
          </Radio.Group>
          <Textarea
            label="Note"
            autosize
            maxLength={4000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {create.isPending ? (
            <Text size="sm" role="status">
              {running.length === 0
                ? 'Freezing …'
                : running
                    .map(
                      (one) =>
                        `${one.name}: ${one.running?.message ?? ''} ${formatBytes(one.running?.receivedBytes ?? 0)}`,
                    )
                    .join(' · ')}
            </Text>
          ) : null}
          {create.isError ? <ProblemPanel error={create.error} /> : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={create.isPending} disabled={all.length === 0}>
              Freeze
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
