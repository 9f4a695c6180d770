import { Text } from '@mantine/core';
import type { RunDetail, RunTarget } from '@thimble/protocol';
import { actOnRun, type RunAction } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { ACTION_WORDS } from './action-words.ts';
import { RollbackPreview } from './rollback-preview.tsx';

interface ActionDialogProps {
  readonly run: RunDetail;
  readonly action: RunAction;
  readonly targets: readonly RunTarget[];
  readonly onClose: () => void;
}

/** Says what an action will do, to which endpoints, and then orders it. */
export function ActionDialog({ run, action, targets, onClose }: ActionDialogProps) {
  const [first] = targets;
  const where = targets.length === 1 && first !== undefined ? first.hostname : plural(targets.length, 'endpoint');
  const words = ACTION_WORDS[action];
  const act = useAction({
    run: () => actOnRun(run.summary.id, action, { endpoints: targets.map((target) => target.endpointId) }),
    refresh: [keys.run(run.summary.id), keys.runs, keys.overview],
    done: () => {
      onClose();
      toastDone(words.done, where);
    },
  });
  return (
    <ConfirmDialog
      opened
      title={`${words.label}: ${where}`}
      action={words.label}
      danger={words.danger}
      pending={act.isPending}
      size={action === 'roll-back' ? 'lg' : 'md'}
      onClose={onClose}
      onConfirm={() => act.mutate()}
    >
      <Explanation action={action} />
      {action === 'roll-back' ? <RollbackPreview run={run} targets={targets} /> : null}
    </ConfirmDialog>
  );
}

function Explanation({ action }: { action: RunAction }) {
  switch (action) {
    case 'retry':
      return <Text size="sm">The endpoint plans or applies again. Only the approved transaction is ever applied.</Text>;
    case 'restart-services':
      return (
        <Text size="sm">The services that still use replaced code are restarted, and the result is verified.</Text>
      );
    case 'reboot':
      return <Text size="sm">The endpoint reboots now. After it the running kernel and processes are verified.</Text>;
    case 'pre-stage':
      return (
        <Text size="sm">
          The endpoint fetches and checks everything that was planned, so that installing downloads nothing. Nothing
          else changes there.
        </Text>
      );
    case 'trial':
      return (
        <Text size="sm">
          The endpoint does what was planned on a throw-away clone of itself, with the vendor’s own scripts. The
          endpoint itself stays as it is.
        </Text>
      );
    case 'cancel':
      return <Text size="sm">The order is withdrawn where it has not begun to install. Nothing is changed there.</Text>;
    case 'roll-back':
      return (
        <Text size="sm">
          The packages go back to the versions before, from the vendor’s own files that the endpoint kept. The security
          problems that the updates closed are open again afterwards.
        </Text>
      );
  }
}
