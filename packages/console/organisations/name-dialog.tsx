import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { createOrganisation, renameOrganisation } from '../api/organisation-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

interface NameDialogProps {
  readonly kind: 'create' | 'rename';
  /** The one that is renamed, or that gets a client. */
  readonly organisation: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

/** A name for a new client, or another one for an organisation. */
export function NameDialog({ kind, organisation, onClose }: NameDialogProps) {
  const isNew = kind === 'create';
  const [name, setName] = useState(isNew ? '' : organisation.name);
  const save = useAction({
    run: (chosen: string) =>
      isNew ? createOrganisation(organisation.id, chosen) : renameOrganisation(organisation.id, chosen),
    refresh: [keys.organisations, keys.session, keys.evidence],
    done: ({ name: saved }) => {
      toastDone(isNew ? 'The client is made' : 'The name is changed', saved);
      onClose();
    },
  });
  const chosen = name.trim();
  return (
    <Modal
      opened
      onClose={onClose}
      title={isNew ? `New client of ${organisation.name}` : `Rename ${organisation.name}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen !== '') save.mutate(chosen);
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {isNew ? (
            <Text size="sm" c="dimmed">
              Whose role here holds in clients has it there too. If yours does not, you become its owner.
            </Text>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={chosen === '' || chosen === organisation.name}>
              {isNew ? 'Make it' : 'Rename'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
