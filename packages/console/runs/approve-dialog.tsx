import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import type { RunDetail } from '@thimble/protocol';
import { useState } from 'react';
import { approveRun } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { formatBytes, plural } from '../format/quantity.ts';
import { approvalOf } from './approval.ts';
import { countActions } from './count-actions.ts';
import { TransactionNotes } from './transaction-notes.tsx';

/** Names exactly what is approved: these transactions, by their digests, on these endpoints. */
export function ApproveDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  // What the reader sees stays what is approved, even when the run changes behind the dialog; the server then refuses.
  const [groups] = useState(run.groups);
  const [restartServices, setRestartServices] = useState(true);
  const approval = approvalOf(groups);
  const approve = useAction({
    run: () => approveRun(run.summary.id, { transactionDigests: approval.digests, restartServices }),
    refresh: [keys.run(run.summary.id), keys.runs, keys.overview],
    done: () => {
      onClose();
      toastDone('Approved', 'The orders are signed and on their way.');
    },
  });
  const what = `${plural(approval.changeCount, 'change')} on ${plural(approval.endpointCount, 'endpoint')}`;
  return (
    <Modal opened onClose={onClose} title="Approve these transactions?" size="lg">
      <Stack gap="lg">
        {groups.map((group, index) => (
          <div key={group.transactionDigest}>
            <Text size="sm" fw={600}>
              Transaction {index + 1} on {plural(group.endpointIds.length, 'endpoint')}
            </Text>
            <Text size="sm" c="dimmed" className="tabular">
              {countActions(group.transaction.changes)} · {formatBytes(group.transaction.downloadBytes)} each · digest{' '}
              <code>{group.transactionDigest.slice(0, 12)}</code>
            </Text>
            <TransactionNotes transaction={group.transaction} />
          </div>
        ))}
        <Switch
          checked={restartServices}
          onChange={(event) => setRestartServices(event.currentTarget.checked)}
          label="Restart services that still use replaced code"
          description="Without it they stay on the old code, and the endpoint waits for a restart."
        />
        <Text size="sm" c="dimmed">
          An endpoint whose own package manager comes to any other transaction refuses, changes nothing, and says why.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            loading={approve.isPending}
            onClick={() => approve.mutate()}
          >
            Approve {what}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
