import { Button, Group, Modal, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import type { CreatedEnrolmentToken } from '@thimble/protocol';
import { useState } from 'react';
import { createEnrolmentToken } from '../api/enrolment-actions.ts';
import { keys } from '../api/keys.ts';
import { labelsOf, oddLabel } from '../endpoints/labels.ts';
import { useAction } from '../feedback/use-action.ts';

interface TokenDialogProps {
  readonly onClose: () => void;
  readonly onDone: (created: CreatedEnrolmentToken) => void;
}

const NO_END = 'no-end';
const LIFETIMES = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '1 day' },
  { value: '168', label: '7 days' },
  { value: '2160', label: '90 days' },
  { value: NO_END, label: 'No end' },
];

/** A token with all that it can give and demand. */
export function TokenDialog({ onClose, onDone }: TokenDialogProps) {
  const [name, setName] = useState('');
  const [hours, setHours] = useState('168');
  const [uses, setUses] = useState<number | string>('');
  const [labels, setLabels] = useState<string[]>([]);
  const [groups, setGroups] = useState<string[]>([]);
  const [site, setSite] = useState('');
  const [networks, setNetworks] = useState<string[]>([]);
  const [approve, setApprove] = useState(false);
  const odd = oddLabel(labels);
  const create = useAction({
    run: () =>
      createEnrolmentToken({
        name: name.trim(),
        expiresInHours: hours === NO_END ? null : Number(hours),
        labels: labelsOf(labels),
        groups,
        site: site.trim(),
        networks,
        approve,
        ...(typeof uses === 'number' ? { maximumUses: uses } : {}),
      }),
    refresh: [keys.enrolmentTokens],
    done: onDone,
  });
  return (
    <Modal opened onClose={onClose} title="New enrolment token" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            placeholder="web servers"
            value={name}
            maxLength={100}
            required
            withAsterisk={false}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group grow align="flex-start">
            <Select
              label="Valid for"
              data={LIFETIMES}
              value={hours}
              allowDeselect={false}
              onChange={(value) => setHours(value ?? '168')}
            />
            <NumberInput
              label="Uses at most"
              placeholder="any number"
              value={uses}
              onChange={setUses}
              min={1}
              max={1_000_000}
              allowDecimal={false}
            />
          </Group>
          <TagsInput
            label="Labels"
            description="What enrols with it has these from the start, and the policies that they lead to"
            placeholder={labels.length === 0 ? 'role=web' : ''}
            error={odd}
            value={labels}
            acceptValueOnBlur
            onChange={setLabels}
          />
          <Group grow align="flex-start">
            <TagsInput label="Groups" value={groups} acceptValueOnBlur onChange={setGroups} />
            <TextInput
              label="Site"
              maxLength={100}
              value={site}
              onChange={(event) => setSite(event.currentTarget.value)}
            />
          </Group>
          <TagsInput
            label="Only from these networks"
            description="Checked against the address that the server sees; none: from anywhere"
            placeholder={networks.length === 0 ? '10.2.0.0/16' : ''}
            value={networks}
            acceptValueOnBlur
            onChange={setNetworks}
          />
          <Switch
            label="What enrols with it waits until somebody lets it in"
            checked={approve}
            onChange={(event) => setApprove(event.currentTarget.checked)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || odd !== undefined}>
              Create token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
