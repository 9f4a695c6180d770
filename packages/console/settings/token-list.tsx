import { Button } from '@mantine/core';
import type { Token } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

interface TokenListProps {
  readonly label: string;
  readonly tokens: readonly Token[];
  readonly empty: string;
  readonly pending: boolean;
  readonly onRevoke: (token: Token, done: () => void) => void;
}

const idOf = (token: Token): string => token.id;
const nameOf = (token: Token): string => token.name;

/** Tokens with what became of them; their secrets can't be shown again. */
export function TokenList({ label, tokens, empty, pending, onRevoke }: TokenListProps) {
  const [revoking, setRevoking] = useState<Token>();
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

function tokenColumns(revoke: (token: Token) => void): readonly Column<Token>[] {
  return [
    { id: 'name', header: 'Name', title: true, sortKey: (token) => token.name, cell: (token) => token.name },
    {
      id: 'created',
      header: 'Created',
      width: '9rem',
      sortKey: (token) => token.createdAt,
      cell: (token) => <Ago at={token.createdAt} />,
    },
    { id: 'used', header: 'Last used', width: '9rem', from: 'md', cell: (token) => <Ago at={token.lastUsedAt} /> },
    {
      id: 'uses',
      header: 'Uses',
      width: '8rem',
      numeric: true,
      sortKey: (token) => token.useCount,
      cell: (token) =>
        `${formatCount(token.useCount)}${token.maximumUses === null ? '' : ` of ${formatCount(token.maximumUses)}`}`,
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
