import { Button, Group, Modal, NumberInput, Radio, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import type { RepositorySummary } from '@thimble/protocol';
import { useState } from 'react';
import { removeRepository, updateRepository } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

/** How a repository is used; its keys are changed by the command line, where they can be compared at leisure. */
export function RepositorySettingsDialog({
  repository,
  onClose,
}: {
  repository: RepositorySummary;
  onClose: () => void;
}) {
  const [name, setName] = useState(repository.name);
  const [enabled, setEnabled] = useState(repository.enabled);
  const [mode, setMode] = useState(repository.mode);
  const [newest, setNewest] = useState<number | ''>(repository.filter.newest ?? '');
  const [hours, setHours] = useState<number | ''>(repository.intervalHours);
  const [architectures, setArchitectures] = useState<string[]>([...repository.architectures]);
  const [removing, setRemoving] = useState(false);
  const save = useAction({
    run: () =>
      updateRepository(repository.id, {
        name,
        enabled,
        mode,
        architectures,
        filter: { ...repository.filter, newest: newest === '' ? null : newest },
        ...(hours === '' ? {} : { intervalHours: hours }),
      }),
    refresh: [keys.content],
    done: () => {
      onClose();
      toastDone('Settings of the repository saved', name);
    },
  });
  const remove = useAction({
    run: () => removeRepository(repository.id),
    refresh: [keys.content],
    done: () => {
      onClose();
      toastDone('Removed', `Snapshots that have ${repository.name} keep it.`);
    },
  });
  return (
    <Modal opened onClose={onClose} title={repository.name} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') save.mutate();
        }}
      >
        <Stack gap="lg">
          <TextInput
            label="Name"
            required
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Switch
            label="Look for news"
            description="Off: what is frozen still serves"
            checked={enabled}
            onChange={(event) => setEnabled(event.currentTarget.checked)}
          />
          <Radio.Group
            label="Packages are fetched"
            value={mode}
            onChange={(value) => setMode(value === 'mirror' ? 'mirror' : 'lazy')}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="lazy" label="As needed" description="With the first request, or when a plan needs them" />
              <Radio value="mirror" label="All ahead" description="A whole mirror: needs disk and time" />
            </Stack>
          </Radio.Group>
          {mode === 'mirror' ? (
            <NumberInput
              label="Newest versions of each package"
              description="Empty: all"
              min={1}
              max={100}
              value={newest}
              onChange={(value) => setNewest(typeof value === 'number' ? value : '')}
            />
          ) : null}
          <NumberInput
            label="Hours between checks"
            min={0.25}
            max={720}
            value={hours}
            onChange={(value) => setHours(typeof value === 'number' ? value : '')}
          />
          <TagsInput label="Architectures" value={architectures} onChange={setArchitectures} splitChars={[',', ' ']} />
          <Group justify="space-between" gap="xs">
            <Button variant="subtle" c="var(--mantine-color-error)" onClick={() => setRemoving(true)}>
              Remove …
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
                Save
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
      <ConfirmDialog
        opened={removing}
        title={`Remove ${repository.name}?`}
        action="Remove"
        danger
        pending={remove.isPending}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
      >
        <Text size="sm">
          No news are looked for any more. Snapshots that have it keep it, and runs from them go on.
        </Text>
      </ConfirmDialog>
    </Modal>
  );
}
