import { Button, Text } from '@mantine/core';
import type { ApiToken } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { writeLabels } from '../people/labels-text.ts';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

interface TokenListProps {
  readonly label: string;
  readonly tokens: readonly ApiToken[];
  readonly empty: string;
  readonly pending: boolean;
  readonly onRevoke: (token: ApiToken, done: () => void) => void;
}

const idOf = (token: ApiToken): string => token.id;
const nameOf = (token: ApiToken): string => token.name;

/** Tokens with what became of them; their secrets can't be shown again. */
export function TokenList({ label, tokens, empty, pending, onRevoke }: TokenListProps) {
  const [revoking, setRevoking] = useState<ApiToken>();
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={tokens}
        rowId={idOf}
        rowName={nameOf}
        empty={<EmptyState title="No token">{empty}</EmptyState>}
      />
      <ConfirmDialog
        opened={revoking !== undefined}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        action="Revoke"
        danger
        pending={pending}
        onClose={() => setRevoking(undefined)}
        onConfirm={() => {
          if (revoking !== undefined) onRevoke(revoking, () => setRevoking(undefined));
        }}
      >
        It stops working at once. What was enrolled or done with it stays.
      </ConfirmDialog>
    </>
  );
}

function tokenColumns(revoke: (token: ApiToken) => void): readonly Column<ApiToken>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      title: true,
      sortKey: (token) => token.name,
      cell: (token) => (
        <span>
          {token.name}
          <Text component="span" display="block" size="xs" c="dimmed">
            by {token.createdBy}, <Ago at={token.createdAt} />
          </Text>
        </span>
      ),
    },
    {
      id: 'role',
      header: 'May',
      cell: (token) => (
        <span title={token.permissions.join(', ')}>
          {token.roleName ?? token.permissions.join(', ')}
          {token.labels === null ? '' : ` on ${writeLabels(token.labels)}`}
        </span>
      ),
    },
    { id: 'used', header: 'Last used', width: '9rem', from: 'md', cell: (token) => <Ago at={token.lastUsedAt} /> },
    {
      id: 'uses',
      header: 'Uses',
      width: '6rem',
      numeric: true,
      from: 'lg',
      sortKey: (token) => token.useCount,
      cell: (token) => formatCount(token.useCount),
    },
    { id: 'expires', header: 'Expires', width: '9rem', cell: (token) => <Ago at={token.expiresAt} /> },
    {
      id: 'revoke',
      header: '',
      width: '6.5rem',
      cell: (token) => (
        <Button
          variant="subtle"
          size="compact-sm"
          c="var(--mantine-color-error)"
          onClick={() => revoke(token)}
          aria-label={`Revoke ${token.name}`}
        >
          Revoke
        </Button>
      ),
    },
  ];
}
