import { Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Freeze } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { endFreeze } from '../api/policy-actions.ts';
import { freezesQuery } from '../api/policy-queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import classes from './windows.module.css';

/** What is frozen, by whom and until when; those that are over on demand. */
export function FreezesPanel() {
  const items = useQuery(freezesQuery).data?.items ?? [];
  const [all, setAll] = useState(false);
  const [ending, setEnding] = useState<Freeze>();
  const standing = items.filter((freeze) => freeze.endedAt === null && !isOver(freeze));
  const shown = all ? items : standing;
  const end = useAction({
    run: (id: string) => endFreeze(id),
    refresh: [keys.policies, keys.rollouts],
    done: () => {
      setEnding(undefined);
      toastDone('The freeze is ended');
    },
  });
  if (items.length === 0) return null;
  return (
    <Panel
      title="Freezes"
      flush
      end={
        <Switch
          size="xs"
          label="Those that are over too"
          checked={all}
          onChange={({ currentTarget: { checked } }) => setAll(checked)}
        />
      }
    >
      {shown.length === 0 ? <EmptyState title="Nothing is frozen" /> : null}
      {shown.map((freeze) => (
        <div key={freeze.id} className={classes['line']}>
          <div>
            <StateTag freeze={freeze} /> <strong>{freeze.scopeInWords}</strong> (
            {plural(freeze.endpointCount, 'endpoint')}) {whenInWords(freeze)}
            <div>{freeze.reason}</div>
            <div className={classes['dim']}>
              by {freeze.createdBy}
              {freeze.endedBy === null ? '' : `, ended by ${freeze.endedBy}`}
            </div>
          </div>
          {standing.includes(freeze) ? (
            <Permitted needs="policies:write">
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`End the freeze of ${freeze.scopeInWords} …`}
                onClick={() => setEnding(freeze)}
              >
                End …
              </Button>
            </Permitted>
          ) : null}
        </div>
      ))}
      <ConfirmDialog
        opened={ending !== undefined}
        title="End this freeze?"
        action="End it"
        pending={end.isPending}
        onClose={() => setEnding(undefined)}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending.id);
        }}
      >
        Installations begin again on {ending?.scopeInWords} wherever a window is open, at once.
      </ConfirmDialog>
    </Panel>
  );
}

function StateTag({ freeze }: { freeze: Freeze }) {
  if (freeze.active) return <Tag tone="danger">frozen</Tag>;
  return freeze.endedAt !== null || isOver(freeze) ? <Tag tone="quiet">over</Tag> : <Tag tone="notice">to come</Tag>;
}

function isOver({ active, endsAt }: Freeze): boolean {
  return !active && endsAt !== null && Date.parse(endsAt) <= Date.now();
}

function whenInWords({ startsAt, endsAt, endedAt }: Freeze): string {
  const until = endedAt ?? endsAt;
  return `from ${formatMoment(startsAt)} ${until === null ? 'until somebody ends it' : `to ${formatMoment(until)}`}`;
}
