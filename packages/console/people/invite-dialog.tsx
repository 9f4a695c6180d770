import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Invited } from '@thimble/protocol';
import { useState } from 'react';
import { invitePerson, setGrants } from '../api/access-actions.ts';
import { rolesQuery } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { useAction } from '../feedback/use-action.ts';
import { formatMoment } from '../format/time.ts';
import { CopyLine } from '../settings/copy-line.tsx';

/** Makes an account with a role, and shows the one-time link with which its owner comes in. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const roles = useQuery(rolesQuery).data?.items ?? [];
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const [roleId, setRoleId] = useState('viewer');
  const invite = useAction({
    run: async () => {
      const invited = await invitePerson({ name: name.trim(), login: login.trim() });
      await setGrants(invited.person.id, [{ roleId, labels: null, includeClients: false }]);
      return invited;
    },
    refresh: [keys.people, keys.grants, keys.roles, keys.fourEyes],
  });
  const ready = name.trim() !== '' && login.trim() !== '';
  return (
    <Modal opened onClose={onClose} title="Invite somebody" size="md">
      {invite.data === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) invite.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="Login"
              description="To sign in with; an e-mail address does well"
              required
              maxLength={200}
              spellCheck={false}
              autoCapitalize="none"
              value={login}
              onChange={(event) => setLogin(event.currentTarget.value)}
            />
            <Select
              label="Role"
              description={roles.find(({ id }) => id === roleId)?.description}
              data={roles.map((role) => ({ value: role.id, label: role.name }))}
              value={roleId}
              allowDeselect={false}
              onChange={(value) => setRoleId(value ?? roleId)}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" loading={invite.isPending} disabled={!ready}>
                Invite
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Welcome invited={invite.data} onClose={onClose} />
      )}
    </Modal>
  );
}

function Welcome({ invited: { person, link }, onClose }: { invited: Invited; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Alert variant="light" color="thread" title={`${person.name} is invited`}>
        <Stack gap="xs">
          <Text size="sm">
            Give them this link. It works once, until {formatMoment(link.expiresAt)}, and is not shown again.
          </Text>
          <CopyLine label="Link" text={link.url} />
        </Stack>
      </Alert>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
