import { Button, Group, Modal, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import type { IdentityProvider } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { addIdentityProvider, changeIdentityProvider } from '../api/people-actions.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { type GroupRole, GroupRoles } from './group-roles.tsx';

interface ProviderDialogProps {
  /** undefined: a new one */
  readonly provider: IdentityProvider | undefined;
  readonly onClose: () => void;
}

export function ProviderDialog({ provider, onClose }: ProviderDialogProps) {
  const [name, setName] = useState(provider?.name ?? '');
  const [issuer, setIssuer] = useState(provider?.issuer ?? '');
  const [clientId, setClientId] = useState(provider?.clientId ?? '');
  const [secret, setSecret] = useState('');
  const [scopes, setScopes] = useState(provider?.scopes ?? 'profile email');
  const [groupsClaim, setGroupsClaim] = useState(provider?.groupsClaim ?? 'groups');
  const [groupRoles, setGroupRoles] = useState<readonly GroupRole[]>(provider?.groupRoles ?? []);
  const [createsPeople, setCreatesPeople] = useState(provider?.createsPeople ?? false);
  const [enabled, setEnabled] = useState(provider?.enabled ?? true);
  const save = useAction({
    run: () => {
      const request = {
        name: name.trim(),
        issuer: issuer.trim(),
        clientId: clientId.trim(),
        scopes: scopes.trim(),
        groupsClaim: groupsClaim.trim(),
        groupRoles: groupRoles.filter(({ group }) => group.trim() !== ''),
        createsPeople,
        enabled,
        ...(secret === '' ? {} : { clientSecret: secret }),
      };
      return provider === undefined ? addIdentityProvider(request) : changeIdentityProvider(provider.id, request);
    },
    refresh: [keys.identityProviders],
    done: () => {
      toastDone('The identity provider is saved');
      onClose();
    },
  });
  const isReady = [name, issuer, clientId, groupsClaim].every((text) => text.trim() !== '');
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={provider === undefined ? 'Add an identity provider' : `Change ${provider.name}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="As the sign-in page calls it"
            value={name}
            maxLength={100}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Issuer"
            description="Its address, as it names itself. It can’t change later: people are known by it."
            placeholder="https://login.example.org/realms/company"
            value={issuer}
            maxLength={512}
            disabled={provider !== undefined}
            onChange={(event) => setIssuer(event.currentTarget.value)}
          />
          <TextInput
            label="Client id"
            value={clientId}
            maxLength={512}
            onChange={(event) => setClientId(event.currentTarget.value)}
          />
          <PasswordInput
            label="Client secret"
            description={provider?.hasSecret === true ? 'Empty: the one that is kept' : 'Empty: a public client'}
            autoComplete="off"
            value={secret}
            maxLength={1024}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Group grow align="flex-start">
            <TextInput
              label="Scopes"
              description="Besides openid"
              value={scopes}
              maxLength={512}
              onChange={(event) => setScopes(event.currentTarget.value)}
            />
            <TextInput
              label="Claim of groups"
              description="Where it lists them"
              value={groupsClaim}
              maxLength={100}
              onChange={(event) => setGroupsClaim(event.currentTarget.value)}
            />
          </Group>
          <GroupRoles value={groupRoles} onChange={setGroupRoles} />
          <Switch
            label="Who has a role by a group needs no invitation"
            checked={createsPeople}
            onChange={(event) => setCreatesPeople(event.currentTarget.checked)}
          />
          <Switch
            label="On"
            description="Off: nobody signs in by it"
            checked={enabled}
            onChange={(event) => setEnabled(event.currentTarget.checked)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
