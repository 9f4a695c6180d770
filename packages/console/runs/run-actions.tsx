import { Button } from '@mantine/core';
import { IconDownload, IconShieldCheck, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { RunDetail } from '@thimble/protocol';
import { useState } from 'react';
import { actOnRun, fetchRunEvidence } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { downloadFile } from '../format/download.ts';
import { approvableGroups } from './approval.ts';
import { ApproveDialog } from './approve-dialog.tsx';

/** What can be done with the run as a whole. */
export function RunActions({ run }: { run: RunDetail }) {
  const { summary } = run;
  const [dialog, setDialog] = useState<'approve' | 'cancel'>();
  const close = (): void => setDialog(undefined);
  const cancel = useAction({
    run: () => actOnRun(summary.id, 'cancel'),
    refresh: [keys.run(summary.id), keys.runs, keys.overview],
    done: () => {
      close();
      toastDone('The run is cancelled');
    },
  });
  const evidence = useAction({
    run: () => fetchRunEvidence(summary.id),
    done: (value) => downloadFile(`evidence-${summary.id}.json`, 'application/json', JSON.stringify(value, null, 2)),
  });
  // Its rollout decides: a second hand at the same wheel would only fight it.
  const ownHands = summary.rollout === undefined || summary.rollout === null;
  const active = ownHands && summary.state !== 'finished' && summary.state !== 'cancelled';
  return (
    <>
      {summary.approvedAt === null ? null : (
        <Button variant="subtle" component={Link} to={`/evidence?runId=${summary.id}`}>
          Evidence
        </Button>
      )}
      <Permitted needs="evidence:read">
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={evidence.isPending}
          onClick={() => evidence.mutate()}
        >
          Evidence JSON
        </Button>
      </Permitted>
      {active ? (
        <Permitted needs="runs:operate">
          <Button variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={() => setDialog('cancel')}>
            Cancel run
          </Button>
        </Permitted>
      ) : null}
      {ownHands && approvableGroups(run).length > 0 ? (
        <Permitted needs="runs:approve">
          <Button leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={() => setDialog('approve')}>
            Approve …
          </Button>
        </Permitted>
      ) : null}
      {dialog === 'approve' ? <ApproveDialog run={run} onClose={close} /> : null}
      <ConfirmDialog
        opened={dialog === 'cancel'}
        title="Cancel this run?"
        action="Cancel the run"
        danger
        pending={cancel.isPending}
        onClose={close}
        onConfirm={() => cancel.mutate()}
      >
        Endpoints that have not begun to install stop, and nothing is changed on them. An endpoint that installs already
        goes on to the end: stopping there would leave packages half installed.
      </ConfirmDialog>
    </>
  );
}
