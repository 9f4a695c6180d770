import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { CreatedEnrolmentToken, EnrolmentToken } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { removeEnrolmentToken } from '../api/enrolment-actions.ts';
import { enrolmentTokensQuery } from '../api/enrolment-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { CopyLine } from '../settings/copy-line.tsx';
import { Panel } from '../shell/panel.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { tokenColumns } from './token-columns.tsx';
import { TokenDialog } from './token-dialog.tsx';

const idOf = (token: EnrolmentToken): string => token.id;
const nameOf = (token: EnrolmentToken): string => token.name;

/** Tokens with which machines enrol; their secrets can't be shown again. */
export function TokensPanel() {
  const query = useQuery(enrolmentTokensQuery);
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedEnrolmentToken>();
  const [revoking, setRevoking] = useState<EnrolmentToken>();
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  const revoke = useAction({
    run: (id: string) => removeEnrolmentToken(id),
    refresh: [keys.enrolmentTokens],
    done: () => {
      toastDone('The token is revoked');
      setRevoking(undefined);
    },
  });
  return (
    <Panel
      title="Enrolment tokens"
      note="Make a token, then run the command that comes with it on each machine"
      end={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          New token …
        </Button>
      }
    >
      {created === undefined ? null : <Ready created={created} onClose={() => setCreated(undefined)} />}
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) => (
          <DataTable
            label="Enrolment tokens"
            columns={columns}
            rows={items}
            rowId={idOf}
            rowName={nameOf}
            empty={<EmptyState title="No token">No further machine can enrol now.</EmptyState>}
          />
        )}
      </Loaded>
      {creating ? (
        <TokenDialog
          onClose={() => setCreating(false)}
          onDone={(token) => {
            setCreated(token);
            setCreating(false);
          }}
        />
      ) : null}
      <ConfirmDialog
        opened={revoking !== undefined}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        action="Revoke"
        danger
        pending={revoke.isPending}
        onClose={() => setRevoking(undefined)}
        onConfirm={() => {
          if (revoking !== undefined) revoke.mutate(revoking.id);
        }}
      >
        It stops working at once. What was enrolled with it stays.
      </ConfirmDialog>
    </Panel>
  );
}

function Ready({ created, onClose }: { created: CreatedEnrolmentToken; onClose: () => void }) {
  return (
    <Alert
      variant="light"
      color="thread"
      mb="md"
      title={`Token “${created.token.name}” is ready`}
      withCloseButton
      closeButtonLabel="Hide"
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">
          Run this as root on the machine. The token is not shown again. On a template of which machines are cloned, add
          --template.
        </Text>
        <CopyLine label="Enrolment command" text={created.command} />
      </Stack>
    </Alert>
  );
}
