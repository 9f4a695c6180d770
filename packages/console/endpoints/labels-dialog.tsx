import { Button, Group, Modal, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { labelEndpoints } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { labelsOf, oddLabel } from './labels.ts';

interface LabelsDialogProps {
  readonly endpoints: readonly { readonly id: string }[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Sorts many endpoints at once; what is not named stays as it is. */
export function LabelsDialog({ endpoints, onClose, onDone }: LabelsDialogProps) {
  const [labels, setLabels] = useState<string[]>([]);
  const [unset, setUnset] = useState<string[]>([]);
  const [addGroups, setAddGroups] = useState<string[]>([]);
  const [removeGroups, setRemoveGroups] = useState<string[]>([]);
  const [site, setSite] = useState('');
  const odd = oddLabel(labels);
  const nothing = [labels, unset, addGroups, removeGroups].every((list) => list.length === 0) && site.trim() === '';
  const save = useAction({
    run: () =>
      labelEndpoints({
        endpoints: endpoints.map(({ id }) => id),
        ...(labels.length === 0 ? {} : { set: labelsOf(labels) }),
        ...(unset.length === 0 ? {} : { unset }),
        ...(addGroups.length === 0 ? {} : { addGroups }),
        ...(removeGroups.length === 0 ? {} : { removeGroups }),
        ...(site.trim() === '' ? {} : { site: site.trim() }),
      }),
    refresh: [keys.endpoints, ['endpoint'], keys.policies],
    done: ({ changed }) => {
      onDone();
      toastDone('Saved', `${plural(changed, 'endpoint')} changed`);
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Labels of ${plural(endpoints.length, 'endpoint')}`} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">What is not named here stays as it is. Policies may take other endpoints afterwards.</Text>
          <TagsInput
            label="Set labels"
            placeholder={labels.length === 0 ? 'role=web' : ''}
            error={odd}
            value={labels}
            acceptValueOnBlur
            onChange={setLabels}
            data-autofocus
          />
          <TagsInput
            label="Remove labels"
            description="By their keys"
            placeholder={unset.length === 0 ? 'role' : ''}
            value={unset}
            acceptValueOnBlur
            onChange={setUnset}
          />
          <Group grow align="flex-start">
            <TagsInput label="Add to groups" value={addGroups} acceptValueOnBlur onChange={setAddGroups} />
            <TagsInput label="Remove from groups" value={removeGroups} acceptValueOnBlur onChange={setRemoveGroups} />
          </Group>
          <TextInput
            label="Site"
            maxLength={100}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={nothing || odd !== undefined}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
