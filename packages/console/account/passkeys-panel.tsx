import { Button, Stack, Text } from '@mantine/core';
import type { Me, Passkey } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { keys } from '../api/keys.ts';
import { removePasskey } from '../api/people-actions.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { AddPasskey } from './add-passkey.tsx';

const idOf = ({ id }: Passkey): string => id;
const nameOf = ({ name }: Passkey): string => name;

export function PasskeysPanel({ me }: { me: Me }) {
  const [removing, setRemoving] = useState<Passkey>();
  const columns = useMemo(() => passkeyColumns(setRemoving), []);
  const drop = useAction({
    run: (id: string) => removePasskey(id),
    refresh: [keys.me, keys.session],
    done: () => {
      setRemoving(undefined);
      toastDone('The passkey is removed');
    },
  });
  return (
    <Panel
      title="Passkeys"
      note="Sign in by finger, face or PIN: nothing to remember, and nothing that can be given away"
    >
      <Stack gap="md">
        <DataTable
          label="Passkeys"
          columns={columns}
          rows={me.passkeys}
          rowId={idOf}
          rowName={nameOf}
          empty={<EmptyState title="No passkey">Add one for this device, or one on a security key.</EmptyState>}
        />
        <AddPasskey />
      </Stack>
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
        It does not sign you in any more. Remove it in your password manager, too.
      </ConfirmDialog>
    </Panel>
  );
}

function passkeyColumns(remove: (passkey: Passkey) => void): readonly Column<Passkey>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      title: true,
      sortKey: ({ name }) => name,
      cell: ({ name, rpId, backedUp }) => (
        <>
          {name}
          <Text size="xs" c="dimmed">
            for {rpId}
            {backedUp ? ', kept in more than one place' : ''}
          </Text>
        </>
      ),
    },
    { id: 'created', header: 'Added', width: '9rem', cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { id: 'used', header: 'Last used', width: '9rem', cell: ({ lastUsedAt }) => <Ago at={lastUsedAt} /> },
    {
      id: 'remove',
      header: '',
      width: '7rem',
      cell: (passkey) => (
        <Button
          variant="subtle"
          size="compact-sm"
          c="var(--mantine-color-error)"
          aria-label={`Remove ${passkey.name}`}
          onClick={() => remove(passkey)}
        >
          Remove
        </Button>
      ),
    },
  ];
}
