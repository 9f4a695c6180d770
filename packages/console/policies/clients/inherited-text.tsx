import { Button, Code, Text } from '@mantine/core';
import type { PolicyDetail, PolicyOrigin } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import { detachPolicy } from '../../api/policy-actions.ts';
import { ConfirmDialog } from '../../feedback/confirm-dialog.tsx';
import { Permitted } from '../../feedback/permitted.tsx';
import { toastDone } from '../../feedback/toasts.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { Panel } from '../../shell/panel.tsx';

/** The text of a policy that is another organisation's: to be read, and to be made one's own unless it is enforced. */
export function InheritedText({ detail: { summary, text }, origin }: { detail: PolicyDetail; origin: PolicyOrigin }) {
  const [asking, setAsking] = useState(false);
  const detach = useAction({
    run: () => detachPolicy(summary.id),
    refresh: [keys.policies],
    done: () => {
      setAsking(false);
      toastDone('Detached', summary.name);
    },
  });
  return (
    <Panel
      title={`A policy of ${origin.from}`}
      note="It is changed and removed there; a new version holds here at once"
    >
      {origin.enforced ? (
        <Text size="sm" mb="sm">
          {origin.from} enforces it: policies of your own do not go before it, and it can’t be detached.
        </Text>
      ) : (
        <>
          <Text size="sm" mb="sm">
            Policies of your own go before it, and one with its name replaces it. Detached, it is yours as it is now.
          </Text>
          <Permitted needs="policies:write">
            <Button variant="default" mb="sm" onClick={() => setAsking(true)}>
              Detach …
            </Button>
          </Permitted>
        </>
      )}
      <Code block tabIndex={0} aria-label={`Text of ${summary.name}`}>
        {text}
      </Code>
      <ConfirmDialog
        opened={asking}
        title={`Detach ${summary.name} from ${origin.from}?`}
        action="Detach"
        pending={detach.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() => detach.mutate()}
      >
        It becomes a policy of this organisation, as it is now. What {origin.from} changes in it later does not concern
        it any more.
      </ConfirmDialog>
    </Panel>
  );
}
