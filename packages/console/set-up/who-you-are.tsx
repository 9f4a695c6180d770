import { Button, Stack, TextInput } from '@mantine/core';
import type { Me, Session } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { changeMe } from '../api/people-actions.ts';
import { useAction } from '../feedback/use-action.ts';

interface WhoYouAreProps {
  readonly session: Session;
  readonly me: Me;
  readonly onSaved: () => void;
}

export function WhoYouAre({ session, me, onSaved }: WhoYouAreProps) {
  const isInvited = me.login !== null;
  // The names that a fresh server begins with are nobody's.
  const [name, setName] = useState(isInvited ? me.name : '');
  const [login, setLogin] = useState(me.login ?? '');
  const [organisation, setOrganisation] = useState(session.organisation.name);
  const mayName = !isInvited && session.permissions.includes('organisation:write');
  const save = useAction({ run: changeMe, refresh: [keys.me, keys.session], done: onSaved });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({
          name: name.trim(),
          login: login.trim(),
          ...(mayName ? { organisationName: organisation.trim() } : {}),
        });
      }}
    >
      <Stack gap="sm">
        {mayName ? (
          <TextInput
            label="Your organisation"
            autoComplete="organization"
            value={organisation}
            maxLength={200}
            onChange={(event) => setOrganisation(event.currentTarget.value)}
          />
        ) : null}
        <TextInput
          label="Your name"
          autoComplete="name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Login"
          description="Such as your e-mail address"
          autoComplete="username"
          value={login}
          maxLength={200}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <Button
          type="submit"
          loading={save.isPending}
          disabled={[name, login, organisation].some((text) => text.trim() === '')}
        >
          Go on
        </Button>
      </Stack>
    </form>
  );
}
