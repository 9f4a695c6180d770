import { Button, Group, TextInput } from '@mantine/core';
import type { Me } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { changeMe } from '../api/people-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

export function ProfileForm({ me }: { me: Me }) {
  const [name, setName] = useState(me.name);
  const [login, setLogin] = useState(me.login ?? '');
  const [email, setEmail] = useState(me.email ?? '');
  const save = useAction({
    run: changeMe,
    refresh: [keys.me, keys.session],
    done: () => toastDone('Your account is changed'),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name: name.trim(), login: login.trim(), email: email.trim() === '' ? null : email.trim() });
      }}
    >
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Name"
          autoComplete="name"
          value={name}
          maxLength={200}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Login"
          autoComplete="username"
          value={login}
          maxLength={200}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="email"
          value={email}
          maxLength={254}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          loading={save.isPending}
          disabled={name.trim() === '' || login.trim() === ''}
        >
          Save
        </Button>
      </Group>
    </form>
  );
}
