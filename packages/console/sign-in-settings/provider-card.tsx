import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import type { IdentityProvider } from '@thimble/protocol';
import { testIdentityProvider } from '../api/people-actions.ts';
import { useAction } from '../feedback/use-action.ts';
import { CopyLine } from '../settings/copy-line.tsx';

interface ProviderCardProps {
  readonly provider: IdentityProvider;
  readonly mayChange: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function ProviderCard({ provider, mayChange, onEdit, onRemove }: ProviderCardProps) {
  const test = useAction({ run: () => testIdentityProvider(provider.id) });
  const { name, issuer, redirectUri, groupRoles, createsPeople, enabled } = provider;
  return (
    <Stack gap={6} component="article" aria-label={name}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Title order={3} fz="0.95rem">
            {name}
          </Title>
          {enabled ? null : (
            <Badge variant="light" color="gray" tt="none">
              off
            </Badge>
          )}
        </Group>
        {mayChange ? (
          <Group gap={4}>
            <Button variant="default" size="compact-sm" loading={test.isPending} onClick={() => test.mutate()}>
              Test
            </Button>
            <Button variant="default" size="compact-sm" aria-label={`Change ${name}`} onClick={onEdit}>
              Change …
            </Button>
            <Button
              variant="subtle"
              size="compact-sm"
              c="var(--mantine-color-error)"
              aria-label={`Remove ${name}`}
              onClick={onRemove}
            >
              Remove …
            </Button>
          </Group>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {issuer}
      </Text>
      <Text size="sm">
        {groupRoles.length === 0
          ? 'Its groups bring no roles.'
          : `${groupRoles.length} of its groups ${groupRoles.length === 1 ? 'brings a role' : 'bring roles'}.`}{' '}
        {createsPeople ? 'Who has a role by a group needs no invitation.' : 'People have to be invited first.'}
      </Text>
      <Text size="xs" c="dimmed">
        Address to come back to, for the provider:
      </Text>
      <CopyLine label={`Redirect address for ${name}`} text={redirectUri} />
      {test.data === undefined ? null : (
        <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
          {test.data.problem === null
            ? `It answers${test.data.namesItself ? ', and names itself in its replies' : ''}.`
            : `It does not work: ${test.data.problem}`}
        </Text>
      )}
    </Stack>
  );
}
