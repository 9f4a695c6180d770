import { Button, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { IdentityProvider } from '@thimble/protocol';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { removeIdentityProvider } from '../api/people-actions.ts';
import { identityProvidersQuery } from '../api/people-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { ProviderCard } from './provider-card.tsx';
import { ProviderDialog } from './provider-dialog.tsx';

/** undefined: none; 'new': one that is being added. */
type Editing = IdentityProvider | 'new' | undefined;

export function ProvidersPanel() {
  const providers = useQuery(identityProvidersQuery);
  const mayChange = useQuery(sessionQuery).data?.permissions.includes('organisation:write') ?? false;
  const [editing, setEditing] = useState<Editing>();
  const [removing, setRemoving] = useState<IdentityProvider>();
  const drop = useAction({
    run: (id: string) => removeIdentityProvider(id),
    refresh: [keys.identityProviders],
    done: () => {
      setRemoving(undefined);
      toastDone('The identity provider is removed');
    },
  });
  return (
    <Panel
      title="Identity providers"
      note="OpenID Connect: Keycloak, Entra ID, Okta, Google and others"
      end={
        mayChange ? (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing('new')}>
            Add a provider …
          </Button>
        ) : null
      }
    >
      <Loaded query={providers} skeleton={<LinesSkeleton lines={2} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No identity provider">People sign in by passkey or password.</EmptyState>
          ) : (
            <Stack gap="sm">
              {items.map((provider) => (
                <ProviderCard
                  key={provider.id}
                  provider={provider}
                  mayChange={mayChange}
                  onEdit={() => setEditing(provider)}
                  onRemove={() => setRemoving(provider)}
                />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {editing === undefined ? null : (
        <ProviderDialog
          key={editing === 'new' ? 'new' : editing.id}
          provider={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Remove “${removing?.name ?? ''}”?`}
        action="Remove"
        danger
        pending={drop.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => {
          if (removing !== undefined) drop.mutate(removing.id);
        }}
      >
        Nobody signs in by it any more. People who came by it stay, and need a link from you to come in.
      </ConfirmDialog>
    </Panel>
  );
}
