import { Button, Group, Modal, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { createFreeze } from '../api/policy-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { NO_FREEZE, freezeOf, problemsOf, type FreezeDraft } from './freeze-draft.ts';

/** Lets nothing begin on some endpoints, or on all of them, until a moment or until somebody ends it. */
export function FreezeDialog({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState<FreezeDraft>(NO_FREEZE);
  const change = (next: Partial<FreezeDraft>): void => setDraft({ ...draft, ...next });
  const problems = problemsOf(draft);
  const whole = [draft.labels, draft.groups, draft.sites, draft.hostnames].every((list) => list.length === 0);
  const freeze = useAction({
    run: () => createFreeze(freezeOf(draft)),
    refresh: [keys.policies, keys.rollouts],
    done: ({ scopeInWords }) => {
      onClose();
      toastDone('Frozen', scopeInWords);
    },
  });
  return (
    <Modal opened onClose={onClose} title="Freeze" size="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          freeze.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            Nothing begins on these endpoints while it stands: no installation, no reboot. What has begun goes on to its
            end.
          </Text>
          <Textarea
            label="Reason"
            required
            autosize
            minRows={2}
            maxLength={2000}
            value={draft.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
            data-autofocus
          />
          <TagsInput
            label="Labels"
            placeholder={draft.labels.length === 0 ? 'role=web' : ''}
            error={problems.labels}
            value={[...draft.labels]}
            acceptValueOnBlur
            onChange={(labels) => change({ labels })}
          />
          <Group grow align="flex-start">
            <TagsInput
              label="Groups"
              value={[...draft.groups]}
              acceptValueOnBlur
              onChange={(groups) => change({ groups })}
            />
            <TagsInput
              label="Sites"
              value={[...draft.sites]}
              acceptValueOnBlur
              onChange={(sites) => change({ sites })}
            />
          </Group>
          <TagsInput
            label="Host names"
            placeholder={draft.hostnames.length === 0 ? 'web-*' : ''}
            value={[...draft.hostnames]}
            acceptValueOnBlur
            onChange={(hostnames) => change({ hostnames })}
          />
          <Text size="sm" c="dimmed">
            {whole ? 'Nothing is given: the whole fleet.' : 'All that is given must hold.'}
          </Text>
          <Group grow align="flex-start">
            <TextInput
              type="datetime-local"
              label="From"
              description="Empty: at once"
              value={draft.from}
              onChange={(event) => change({ from: event.currentTarget.value })}
            />
            <TextInput
              type="datetime-local"
              label="Until"
              description="Empty: until ended"
              error={problems.until}
              value={draft.until}
              onChange={(event) => change({ until: event.currentTarget.value })}
            />
          </Group>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button
              type="submit"
              color="red.8"
              loading={freeze.isPending}
              disabled={draft.reason.trim() === '' || Object.keys(problems).length > 0}
            >
              {whole ? 'Freeze the fleet' : 'Freeze'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
