import { Button, Checkbox, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import type { RunDetail, RunGroup } from '@thimble/protocol';
import { useState } from 'react';
import { approveRun } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { formatBytes, plural } from '../format/quantity.ts';
import { approvableGroups, approvalOf } from './approval.ts';
import { countActions } from './count-actions.ts';
import { TransactionNotes } from './transaction-notes.tsx';

/** Names exactly what is approved: these transactions, by their digests, on these endpoints. */
export function ApproveDialog({ run, onClose }: { run: RunDetail; onClose: () => void }) {
  // What the reader sees stays what is approved, even when the run changes behind the dialog; the server then refuses.
  const [groups] = useState(() => approvableGroups(run));
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [restartServices, setRestartServices] = useState(true);
  const approval = approvalOf(groups.filter((group) => !left.has(group.transactionDigest)));
  const choose = (digest: string, chosen: boolean): void => {
    const next = new Set(left);
    if (chosen) next.delete(digest);
    else next.add(digest);
    setLeft(next);
  };
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
            {groups.length === 1 ? (
              <Text size="sm" fw={600}>
                {titleOf(index, group)}
              </Text>
            ) : (
              <Checkbox
                checked={!left.has(group.transactionDigest)}
                onChange={(event) => choose(group.transactionDigest, event.currentTarget.checked)}
                label={titleOf(index, group)}
                styles={{ label: { fontWeight: 600 } }}
              />
            )}
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
          {left.size > 0 ? 'Endpoints of a transaction that is not chosen are left out of this run. ' : ''}
          An endpoint whose own package manager comes to any other transaction refuses, changes nothing, and says why.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            loading={approve.isPending}
            disabled={approval.digests.length === 0}
            onClick={() => approve.mutate()}
          >
            Approve {what}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function titleOf(index: number, group: RunGroup): string {
  return `Transaction ${index + 1} on ${plural(group.endpointIds.length, 'endpoint')}`;
}
