import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Organisation } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { keys } from '../api/keys.ts';
import { restoreOrganisation } from '../api/organisation-actions.ts';
import { archivedOrganisationsQuery } from '../api/organisation-queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

/** Those that ended below this one, to be brought back. */
export function ArchivedPanel() {
  const query = useQuery(archivedOrganisationsQuery);
  const [chosen, setChosen] = useState<Organisation>();
  const restore = useAction({
    run: (id: string) => restoreOrganisation(id),
    refresh: [keys.organisations, keys.evidence],
    done: ({ name }) => {
      toastDone('The organisation is back', name);
      setChosen(undefined);
    },
  });
  const columns = useMemo(() => columnsOf(setChosen), []);
  if (query.data?.items.length === 0) return null;
  return (
    <Panel title="Archived" note="Nobody can act in them; their evidence stays" flush>
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} />}>
        {({ items }) => (
          <DataTable
            label="Archived organisations"
            columns={columns}
            rows={items}
            rowId={({ id }) => id}
            rowName={({ name }) => name}
            empty={null}
          />
        )}
      </Loaded>
      <ConfirmDialog
        opened={chosen !== undefined}
        title={`Bring ${chosen?.name ?? ''} back?`}
        action="Bring back"
        pending={restore.isPending}
        onClose={() => setChosen(undefined)}
        onConfirm={() => {
          if (chosen !== undefined) restore.mutate(chosen.id);
        }}
      >
        People have the roles there that they had. Its tokens stay revoked, and endpoints that were removed must be
        enrolled anew. The organisation above it must not be archived, and its name must be free.
      </ConfirmDialog>
    </Panel>
  );
}

function columnsOf(choose: (one: Organisation) => void): readonly Column<Organisation>[] {
  return [
    { id: 'name', header: 'Organisation', title: true, sortKey: ({ name }) => name, cell: ({ name }) => name },
    {
      id: 'archived',
      header: 'Archived',
      width: '9rem',
      sortKey: ({ archivedAt }) => archivedAt,
      cell: ({ archivedAt }) => <Ago at={archivedAt} />,
    },
    {
      id: 'restore',
      header: '',
      width: '9rem',
      cell: (one) => (
        <Button variant="subtle" size="compact-sm" aria-label={`Bring back ${one.name}`} onClick={() => choose(one)}>
          Bring back …
        </Button>
      ),
    },
  ];
}
