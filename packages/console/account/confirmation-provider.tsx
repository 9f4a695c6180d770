import { Alert, Button, Divider, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconFingerprint } from '@tabler/icons-react';
import { useCallback, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { confirmByPasskey, confirmByPassword } from '../api/people-actions.ts';
import { meQuery } from '../api/people-queries.ts';
import { ConfirmationContext, NotConfirmed } from '../feedback/confirmation.ts';
import { problemOf } from '../feedback/problem-of.ts';
import { passkeyFailure } from '../sign-in/passkey-failure.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** Gives all below it a way to ask the reader for a proof that it is still them. */
export function ConfirmationProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const waiting = useRef<Waiting>(undefined);
  const confirm = useCallback(
    () =>
      new Promise<void>((resolve, reject) => {
        waiting.current = { resolve, reject };
        setOpened(true);
      }),
    [],
  );
  const settle = (isConfirmed: boolean): void => {
    setOpened(false);
    if (isConfirmed) waiting.current?.resolve();
    else waiting.current?.reject(new NotConfirmed());
    waiting.current = undefined;
  };
  return (
    <ConfirmationContext value={confirm}>
      {children}
      <Modal opened={opened} onClose={() => settle(false)} title="Is it still you?">
        {opened ? <Proof onProved={() => settle(true)} /> : null}
      </Modal>
    </ConfirmationContext>
  );
}

function Proof({ onProved }: { onProved: () => void }) {
  const me = useQuery(meQuery);
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const prove = (proof: Promise<unknown>): void => {
    setError(undefined);
    setPending(true);
    proof.then(onProved, (cause: unknown) => setError(passkeyFailure(cause))).finally(() => setPending(false));
  };
  const hasPasskey = (me.data?.passkeys.length ?? 0) > 0;
  const hasPassword = me.data !== undefined && me.data.passwordChangedAt !== null;
  return (
    <Stack gap="md">
      <Text size="sm">
        What this changes lasts longer than your session, so it needs a proof from the last ten minutes.
      </Text>
      {error === undefined ? null : (
        <Alert color="red.8" variant="light" role="alert">
          {problemOf(error).detail ?? problemOf(error).title}
        </Alert>
      )}
      {hasPasskey ? (
        <Button
          leftSection={<IconFingerprint size={18} aria-hidden />}
          loading={pending}
          onClick={() => prove(confirmByPasskey())}
        >
          Use a passkey
        </Button>
      ) : null}
      {hasPasskey && hasPassword ? <Divider label="or" /> : null}
      {hasPassword ? (
        <form
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            prove(confirmByPassword(password));
          }}
        >
          <Stack gap="sm">
            <PasswordInput
              label="Your password"
              autoComplete="current-password"
              value={password}
              maxLength={1024}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={pending} disabled={password === ''}>
              Confirm
            </Button>
          </Stack>
        </form>
      ) : null}
      {me.data !== undefined && !hasPasskey && !hasPassword ? (
        <Text size="sm">You have neither a passkey nor a password here: sign out, and in again.</Text>
      ) : null}
    </Stack>
  );
}
