import { Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Role } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { removeRole } from '../api/access-actions.ts';
import { rolesQuery, useMay } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { formatCount } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { RoleDialog } from './role-dialog.tsx';

const idOf = (role: Role): string => role.id;
const nameOf = (role: Role): string => role.name;

/** Built-in roles, and those that the organisation made. */
export function RolesPanel() {
  const query = useQuery(rolesQuery);
  const mayChange = useMay('people:write');
  const [shown, setShown] = useState<Role | 'new'>();
  const [removing, setRemoving] = useState<Role>();
  const drop = useAction({
    run: (id: string) => removeRole(id),
    refresh: [keys.roles],
    done: () => {
      toastDone('The role is removed', removing?.name ?? '');
      setRemoving(undefined);
    },
  });
  const columns = useMemo(() => columnsOf(mayChange, setShown, setRemoving), [mayChange]);
  return (
    <Panel
      title="Roles"
      note="Sets of permissions; those that are built in can’t be changed"
      flush
      end={
        mayChange ? (
          <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setShown('new')}>
            New role …
          </Button>
        ) : null
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={6} />}>
        {({ items }) => (
          <DataTable label="Roles" columns={columns} rows={items} rowId={idOf} rowName={nameOf} empty="" />
        )}
      </Loaded>
      {shown === undefined ? null : (
        <RoleDialog role={shown === 'new' ? undefined : shown} onClose={() => setShown(undefined)} />
      )}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Remove the role “${removing?.name ?? ''}”?`}
        action="Remove"
        danger
        pending={drop.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => {
          if (removing !== undefined) drop.mutate(removing.id);
        }}
      >
        Only a role that no person and no token has can be removed.
      </ConfirmDialog>
    </Panel>
  );
}

function columnsOf(
  mayChange: boolean,
  show: (role: Role) => void,
  remove: (role: Role) => void,
): readonly Column<Role>[] {
  return [
    {
      id: 'name',
      header: 'Role',
      title: true,
      width: '12rem',
      cell: ({ name, builtIn }) => (
        <>
          {name} {builtIn ? null : <Tag tone="notice">own</Tag>}
        </>
      ),
    },
    { id: 'description', header: 'For', wide: true, cell: (role) => role.description },
    {
      id: 'permissions',
      header: 'Permissions',
      width: '8rem',
      numeric: true,
      from: 'md',
      cell: (role) => formatCount(role.permissions.length),
    },
    { id: 'people', header: 'People', width: '6rem', numeric: true, cell: (role) => formatCount(role.personCount) },
    {
      id: 'show',
      header: '',
      width: '11rem',
      cell: (role) => (
        <Group gap={4} wrap="nowrap">
          <Button
            variant="subtle"
            size="compact-sm"
            aria-label={`${role.builtIn || !mayChange ? 'Show' : 'Edit'} the role ${role.name}`}
            onClick={() => show(role)}
          >
            {role.builtIn || !mayChange ? 'Show …' : 'Edit …'}
          </Button>
          {role.builtIn || !mayChange ? null : (
            <Button
              variant="subtle"
              size="compact-sm"
              c="var(--mantine-color-error)"
              aria-label={`Remove the role ${role.name}`}
              onClick={() => remove(role)}
            >
              Remove …
            </Button>
          )}
        </Group>
      ),
    },
  ];
}
