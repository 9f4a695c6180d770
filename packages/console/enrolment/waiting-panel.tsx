import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RowSelectionState } from '@tanstack/react-table';
import type { WaitingEndpoint } from '@thimble/protocol';
import { useState } from 'react';
import { decideAdmission } from '../api/enrolment-actions.ts';
import { waitingEndpointsQuery } from '../api/enrolment-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { RulesSwitch } from './rules-switch.tsx';
import { WAITING_COLUMNS } from './waiting-columns.tsx';

const idOf = (endpoint: WaitingEndpoint): string => endpoint.id;
const nameOf = (endpoint: WaitingEndpoint): string => endpoint.hostname;

/** Endpoints that a person has to let in, with what to compare before. */
export function WaitingPanel() {
  const query = useQuery(waitingEndpointsQuery);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [refusing, setRefusing] = useState(false);
  const chosen = (query.data?.items ?? []).filter(({ id }) => selection[id] === true);
  const decide = useAction({
    run: (decision: 'admit' | 'refuse') =>
      decideAdmission(
        decision,
        chosen.map(({ id }) => id),
      ),
    refresh: [keys.enrolment, keys.endpoints, keys.overview],
    done: ({ changed }, decision) => {
      toastDone(decision === 'admit' ? 'Let in' : 'Refused', plural(changed, 'endpoint'));
      setSelection({});
      setRefusing(false);
    },
  });
  return (
    <Panel
      title="Waiting to be let in"
      note={
        <>
          Compare the key’s fingerprint with what <code>thimble agent status</code> shows on the machine
        </>
      }
      end={<RulesSwitch />}
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items, total }) => (
          <>
            <DataTable
              label="Endpoints that wait"
              columns={WAITING_COLUMNS}
              rows={items}
              total={total}
              rowId={idOf}
              rowName={nameOf}
              selection={selection}
              onSelectionChange={setSelection}
              empty={
                <EmptyState title="Nobody waits">
                  What enrols with a token that asks for approval shows here until somebody lets it in.
                </EmptyState>
              }
            />
            {items.length === 0 ? null : (
              <Group gap="xs" justify="flex-end" mt="md">
                <Button variant="default" disabled={chosen.length === 0} onClick={() => setRefusing(true)}>
                  Refuse …
                </Button>
                <Button
                  disabled={chosen.length === 0}
                  loading={decide.isPending}
                  onClick={() => decide.mutate('admit')}
                >
                  {chosen.length === 0 ? 'Let in' : `Let ${plural(chosen.length, 'endpoint')} in`}
                </Button>
              </Group>
            )}
          </>
        )}
      </Loaded>
      <ConfirmDialog
        opened={refusing}
        title={`Refuse ${plural(chosen.length, 'endpoint')}?`}
        action="Refuse"
        danger
        pending={decide.isPending}
        onClose={() => setRefusing(false)}
        onConfirm={() => decide.mutate('refuse')}
      >
        {chosen.map(nameOf).join(', ')} can enrol again with a token that still works. Revoke the token to keep them
        out.
      </ConfirmDialog>
    </Panel>
  );
}
