import { Button, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { setPassword } from '../api/people-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

interface PasswordFieldsProps {
  /** For password managers: whose it is. */
  readonly login: string;
  readonly action: string;
  readonly onSet?: () => void;
}

/** A new password, twice. The server says what is wrong with a weak one. */
export function PasswordFields({ login, action, onSet }: PasswordFieldsProps) {
  const [password, setGiven] = useState('');
  const [again, setAgain] = useState('');
  const save = useAction({
    run: (given: string) => setPassword(given),
    refresh: [keys.me, keys.session, keys.ownSessions],
    done: () => {
      setGiven('');
      setAgain('');
      toastDone('The password is set', 'All your other sessions have ended.');
      onSet?.();
    },
  });
  const differs = again !== '' && again !== password;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(password);
      }}
    >
      <input type="hidden" name="username" autoComplete="username" value={login} readOnly />
      <Stack gap="sm" maw="26rem">
        <PasswordInput
          label="New password"
          description="At least 12 characters. Four or five words that have nothing to do with each other are good."
          autoComplete="new-password"
          value={password}
          maxLength={1024}
          onChange={(event) => setGiven(event.currentTarget.value)}
        />
        <PasswordInput
          label="The same again"
          autoComplete="new-password"
          value={again}
          maxLength={1024}
          error={differs ? 'The two are not the same' : undefined}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <Button
          type="submit"
          style={{ alignSelf: 'flex-start' }}
          loading={save.isPending}
          disabled={password === '' || password !== again}
        >
          {action}
        </Button>
      </Stack>
    </form>
  );
}
