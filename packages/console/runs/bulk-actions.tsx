import { Button } from '@mantine/core';
import type { RunDetail } from '@thimble/protocol';
import { useState } from 'react';
import type { RunAction } from '../api/actions.ts';
import { Permitted } from '../feedback/permitted.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { ACTION_WORDS, RUN_ACTIONS } from './action-words.ts';
import classes from './runs.module.css';

/** The same action for every endpoint of the run to which it applies. Cancelling all is an action of the run itself. */
export function BulkActions({ run }: { run: RunDetail }) {
  const [action, setAction] = useState<RunAction>();
  const applies = (one: RunAction) => run.targets.filter((target) => target.actions.includes(one));
  const offered = RUN_ACTIONS.filter((one) => one !== 'cancel' && applies(one).length > 0);
  return (
    <div className={classes['bulk']}>
      {offered.map((one) => (
        <Permitted key={one} needs="runs:operate">
          <Button size="xs" variant="default" onClick={() => setAction(one)}>
            {ACTION_WORDS[one].label} ({applies(one).length}) …
          </Button>
        </Permitted>
      ))}
      {action === undefined ? null : (
        <ActionDialog run={run} action={action} targets={applies(action)} onClose={() => setAction(undefined)} />
      )}
    </div>
  );
}
