import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import type { FeedSummary } from '@thimble/protocol';
import { useState } from 'react';
import { updateFeed } from '../api/assess-actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { baseUrlProblem, isUnencrypted } from './base-url.ts';

const MODES: readonly (readonly [FeedSummary['mode'], string, string])[] = [
  ['auto', 'Automatic', 'Synchronised while the fleet has software that it speaks of'],
  ['on', 'On', 'Always synchronised'],
  ['off', 'Off', 'Never synchronised; what was read stays, and grows old'],
];

/** When a feed is synchronised, and from where. */
export function FeedSettingsDialog({ feed, onClose }: { feed: FeedSummary; onClose: () => void }) {
  const [mode, setMode] = useState(feed.mode);
  const [address, setAddress] = useState(feed.baseUrl);
  const problem = baseUrlProblem(address);
  const save = useAction({
    run: () =>
      updateFeed(feed.id, {
        ...(mode === feed.mode ? {} : { mode }),
        ...(address.trim() === feed.baseUrl ? {} : { baseUrl: address.trim() }),
      }),
    refresh: [keys.feeds],
    done: () => {
      onClose();
      toastDone('Settings of the feed saved', feed.name);
    },
  });
  return (
    <Modal opened onClose={onClose} title={feed.name} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === null) save.mutate();
        }}
      >
        <Stack gap="lg">
          <Radio.Group
            label="Synchronise"
            value={mode}
            onChange={(value) => setMode(MODES.find(([one]) => one === value)?.[0] ?? feed.mode)}
          >
            <Stack gap="xs" mt="xs">
              {MODES.map(([value, label, description]) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
          <TextInput
            label="Base address"
            description="A mirror with the publisher’s layout; empty: the publisher’s own address"
            value={address}
            error={problem}
            inputMode="url"
            spellCheck={false}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          {problem === null && isUnencrypted(address) ? (
            <Text size="sm" c="dimmed">
              This address is not encrypted: who is on the way can change what is read. Use it inside of a network that
              you trust.
            </Text>
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={save.isPending} disabled={problem !== null}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
