import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { API, type Me } from '@thimble/protocol';
import { IconBuilding } from '@tabler/icons-react';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { unlinkProvider } from '../api/people-actions.ts';
import { signInWaysQuery } from '../api/people-queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';

/** Providers by which this person signs in, or could. */
export function ProvidersPanel({ me }: { me: Me }) {
  const ways = useQuery(signInWaysQuery());
  const [unlinking, setUnlinking] = useState<Me['providers'][number]>();
  const unlink = useAction({
    run: unlinkProvider,
    refresh: [keys.me, keys.session],
    done: () => {
      setUnlinking(undefined);
      toastDone('The identity provider is unlinked');
    },
  });
  const linked = new Set(me.providers.map(({ id }) => id));
  const others = (ways.data?.providers ?? []).filter(({ id }) => !linked.has(id));
  if (linked.size === 0 && others.length === 0) return null;
  return (
    <Panel title="Single sign-on" note="Identity providers that vouch for you here">
      <Stack gap="sm">
        {me.providers.map((provider) => (
          <Group key={provider.id} gap="sm">
            <Text size="sm">{provider.name} signs you in.</Text>
            <Button
              variant="subtle"
              size="compact-sm"
              c="var(--mantine-color-error)"
              aria-label={`Unlink ${provider.name}`}
              onClick={() => setUnlinking(provider)}
            >
              Unlink
            </Button>
          </Group>
        ))}
        <Group gap="xs">
          {others.map(({ id, name }) => (
            <Button
              key={id}
              component="a"
              href={`${API}/session/oidc/${id}?link=true`}
              variant="default"
              leftSection={<IconBuilding size={18} aria-hidden />}
            >
              Link {name}
            </Button>
          ))}
        </Group>
      </Stack>
      <ConfirmDialog
        opened={unlinking !== undefined}
        title={`Unlink ${unlinking?.name ?? ''}?`}
        action="Unlink"
        danger
        pending={unlink.isPending}
        onClose={() => setUnlinking(undefined)}
        onConfirm={() => {
          if (unlinking !== undefined) unlink.mutate(unlinking.id);
        }}
      >
        It does not sign you in any more. Your last way to sign in can’t be removed.
      </ConfirmDialog>
    </Panel>
  );
}
