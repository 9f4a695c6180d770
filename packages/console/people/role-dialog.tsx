import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Permission, Role, SaveRoleRequest } from '@thimble/protocol';
import { useState } from 'react';
import { changeRole, createRole } from '../api/access-actions.ts';
import { permissionsQuery, useMay } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { sessionQuery } from '../api/queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';

/** What a role allows; one of the organisation's own is edited here, and a new one made. */
export function RoleDialog({ role, onClose }: { role: Role | undefined; onClose: () => void }) {
  const permissions = useQuery(permissionsQuery);
  const own = useQuery(sessionQuery).data?.permissions ?? [];
  const mayChange = useMay('people:write');
  const editable = mayChange && role?.builtIn !== true;
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [chosen, setChosen] = useState<ReadonlySet<Permission>>(new Set(role?.permissions));
  const save = useAction({
    run: (request: SaveRoleRequest) => (role === undefined ? createRole(request) : changeRole(role.id, request)),
    refresh: [keys.roles, keys.grants, keys.fourEyes, keys.session],
    done: (saved) => {
      toastDone('The role is saved', saved.name);
      onClose();
    },
  });
  const toggle = (permission: Permission, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(permission);
    else next.delete(permission);
    setChosen(next);
  };
  return (
    <Modal opened onClose={onClose} title={role === undefined ? 'New role' : `The role ${role.name}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (editable) save.mutate({ name: name.trim(), description: description.trim(), permissions: [...chosen] });
        }}
      >
        <Stack gap="md">
          {editable ? (
            <>
              <TextInput
                label="Name"
                required
                maxLength={100}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <TextInput
                label="For"
                placeholder="whom or what it is for"
                maxLength={1000}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
              />
            </>
          ) : null}
          <Loaded query={permissions} skeleton={<LinesSkeleton lines={10} />}>
            {({ items }) => (
              <Stack gap="xs" role="group" aria-label="Permissions">
                {items.map((permission) => (
                  <Checkbox
                    key={permission.name}
                    label={permission.name}
                    description={permission.allows}
                    checked={chosen.has(permission.name)}
                    disabled={!editable || !own.includes(permission.name)}
                    onChange={(event) => toggle(permission.name, event.currentTarget.checked)}
                  />
                ))}
              </Stack>
            )}
          </Loaded>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {editable ? 'Back' : 'Close'}
            </Button>
            {editable ? (
              <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
                Save
              </Button>
            ) : null}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
