import { Button, Group, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { addPasskey } from '../api/people-actions.ts';
import { signInWaysQuery } from '../api/people-queries.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { passkeyFailure } from '../sign-in/passkey-failure.ts';

/** A name for it, and then the browser asks for the passkey itself. */
export function AddPasskey({ onAdded }: { onAdded?: () => void }) {
  const ways = useQuery(signInWaysQuery());
  const [name, setName] = useState('This device');
  const add = useAction({
    run: (given: string) =>
      addPasskey(given).catch((error: unknown) => {
        throw passkeyFailure(error);
      }),
    refresh: [keys.me, keys.session],
    done: () => {
      toastDone('The passkey is ready');
      onAdded?.();
    },
  });
  const why = ways.data?.passkey.why;
  if (why != null) return <Text size="sm">{why}</Text>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(name.trim());
      }}
    >
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Name of the passkey"
          value={name}
          maxLength={100}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          leftSection={<IconFingerprint size={18} aria-hidden />}
          loading={add.isPending}
          disabled={name.trim() === ''}
        >
          Add a passkey
        </Button>
      </Group>
    </form>
  );
}
