import { ActionIcon, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Grant } from '@thimble/protocol';
import { useState } from 'react';
import { setGrants } from '../api/access-actions.ts';
import { rolesQuery } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { readLabels, writeLabels } from './labels-text.ts';
import type { PersonHere } from './people-panel.tsx';

interface Draft {
  readonly key: number;
  readonly roleId: string;
  readonly labels: string;
  readonly includeClients: boolean;
}

/** All roles of a person here, to be changed together. */
export function GrantsDialog({ person, onClose }: { person: PersonHere; onClose: () => void }) {
  const roles = useQuery(rolesQuery).data?.items ?? [];
  const [drafts, setDrafts] = useState<readonly Draft[]>(() =>
    person.grants.map((grant, key) => ({ ...grant, key, labels: writeLabels(grant.labels) })),
  );
  const save = useAction({
    run: (grants: readonly Grant[]) => setGrants(person.id, grants),
    refresh: [keys.grants, keys.roles, keys.fourEyes, keys.session],
    done: () => {
      toastDone('The roles are changed', person.name);
      onClose();
    },
  });
  const grants = drafts.flatMap(({ roleId, labels, includeClients }) => {
    const read = readLabels(labels);
    return read === undefined ? [] : [{ roleId, labels: read, includeClients }];
  });
  const change = (key: number, part: Partial<Draft>): void =>
    setDrafts(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const next = 1 + Math.max(-1, ...drafts.map(({ key }) => key));
  return (
    <Modal opened onClose={onClose} title={`Roles of ${person.name}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (grants.length === drafts.length) save.mutate(grants);
        }}
      >
        <Stack gap="md">
          {drafts.length === 0 ? (
            <Text size="sm" c="dimmed">
              No role: {person.name} may do nothing here.
            </Text>
          ) : null}
          {drafts.map((draft) => (
            <Group key={draft.key} gap="sm" align="flex-start">
              <Select
                label="Role"
                data={roles.map(({ id, name }) => ({ value: id, label: name }))}
                value={draft.roleId}
                allowDeselect={false}
                style={{ flex: '1 1 9rem' }}
                onChange={(roleId) => change(draft.key, { roleId: roleId ?? draft.roleId })}
              />
              <TextInput
                label="For endpoints with"
                placeholder="all; or role=web, site=bern"
                spellCheck={false}
                value={draft.labels}
                error={readLabels(draft.labels) === undefined ? 'Write label=value, label=value' : undefined}
                style={{ flex: '2 1 12rem' }}
                onChange={(event) => change(draft.key, { labels: event.currentTarget.value })}
              />
              <Checkbox
                label="In clients too"
                mt={30}
                checked={draft.includeClients}
                onChange={(event) => change(draft.key, { includeClients: event.currentTarget.checked })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                mt={28}
                aria-label={`Take the role ${draft.roleId} away`}
                onClick={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Group justify="space-between">
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setDrafts([...drafts, { key: next, roleId: 'viewer', labels: '', includeClients: false }])}
            >
              Another role
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" loading={save.isPending} disabled={grants.length !== drafts.length}>
                Save
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
