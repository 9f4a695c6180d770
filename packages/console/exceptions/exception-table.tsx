import type { Exception } from '@thimble/protocol';
import { useMemo, useState, type ReactNode } from 'react';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { useNow } from '../format/moment.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { exceptionColumns } from './exception-columns.tsx';
import { useRevokeException } from './use-exceptions.ts';

interface ExceptionTableProps {
  readonly label: string;
  readonly exceptions: readonly Exception[];
  readonly withVulnerability: boolean;
  readonly empty: ReactNode;
}

const idOf = (one: Exception): string => one.id;
const nameOf = (one: Exception): string => `exception for ${one.vulnerability}`;
const BY_STATE = [{ id: 'state', desc: false }];

/** Exceptions with what they cover; active ones can be revoked. */
export function ExceptionTable({ label, exceptions, withVulnerability, empty }: ExceptionTableProps) {
  const [revoking, setRevoking] = useState<Exception>();
  const nowMs = useNow();
  const columns = useMemo(
    () => exceptionColumns({ nowMs, revoke: setRevoking, withVulnerability }),
    [nowMs, withVulnerability],
  );
  const revoke = useRevokeException(() => setRevoking(undefined));
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={exceptions}
        rowId={idOf}
        rowName={nameOf}
        initialSorting={BY_STATE}
        empty={empty}
      />
      <ConfirmDialog
        opened={revoking !== undefined}
        title={`Revoke the exception for ${revoking?.vulnerability ?? ''}?`}
        action="Revoke"
        danger
        pending={revoke.isPending}
        onClose={() => setRevoking(undefined)}
        onConfirm={() => {
          if (revoking !== undefined) revoke.mutate(revoking);
        }}
      >
        What it covers counts as open again at once. That it was there, and who revoked it, stays in the evidence.
      </ConfirmDialog>
    </>
  );
}
