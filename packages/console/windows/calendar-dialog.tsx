import { Button, FileInput, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { putCalendar } from '../api/policy-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Imports a calendar, or puts another file in the place of one. */
export function CalendarDialog({ name: given, onClose }: { name: string; onClose: () => void }) {
  const [name, setName] = useState(given);
  const [file, setFile] = useState<File | null>(null);
  const save = useAction({
    run: async (chosen: File) => putCalendar(name, await chosen.text()),
    refresh: [keys.policies],
    done: (calendar) => {
      onClose();
      toastDone('Imported', `${calendar.name}: ${plural(calendar.eventCount, 'event')}`);
    },
  });
  return (
    <Modal opened onClose={onClose} title={given === '' ? 'Import a calendar' : `Replace ${given}`} size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null) save.mutate(file);
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Name"
            description="As policies will name it: lower-case letters, digits, - _ ."
            required
            disabled={given !== ''}
            error={name !== '' && !NAME.test(name) ? 'Only lower-case letters, digits, - _ .' : undefined}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <FileInput
            label="Calendar file"
            description="RFC 5545 (.ics), at most 4 MB"
            required
            accept=".ics,text/calendar"
            value={file}
            onChange={setFile}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={file === null || !NAME.test(name)}>
              Import
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
