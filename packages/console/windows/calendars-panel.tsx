import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { BlackoutCalendar } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../api/keys.ts';
import { removeCalendar } from '../api/policy-actions.ts';
import { calendarsQuery } from '../api/policy-queries.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import { CalendarDialog } from './calendar-dialog.tsx';
import classes from './windows.module.css';

const NEXT_SHOWN = 4;

/** Calendars of times in which nothing begins, as policies name them. */
export function CalendarsPanel() {
  const query = useQuery(calendarsQuery);
  const [uploading, setUploading] = useState<string>();
  const [removing, setRemoving] = useState<string>();
  const act = useAction({
    run: (name: string) => removeCalendar(name),
    refresh: [keys.policies],
    done: (_, name) => {
      setRemoving(undefined);
      toastDone('Removed', name);
    },
  });
  return (
    <Panel
      title="Blackout calendars"
      note="A policy names those in which nothing begins"
      flush
      end={
        <Permitted needs="policies:write">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconUpload size={14} aria-hidden />}
            onClick={() => setUploading('')}
          >
            Import …
          </Button>
        </Permitted>
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title="No calendar yet">Import one that a calendar program exported (.ics).</EmptyState>
          ) : (
            items.map((calendar) => (
              <CalendarLine
                key={calendar.name}
                calendar={calendar}
                onRemove={() => setRemoving(calendar.name)}
                onReplace={() => setUploading(calendar.name)}
              />
            ))
          )
        }
      </Loaded>
      {uploading === undefined ? null : <CalendarDialog name={uploading} onClose={() => setUploading(undefined)} />}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Remove ${removing ?? ''}?`}
        action="Remove"
        danger
        pending={act.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => {
          if (removing !== undefined) act.mutate(removing);
        }}
      >
        Its events black nothing out any more. A calendar that a policy names can’t be removed.
      </ConfirmDialog>
    </Panel>
  );
}

interface CalendarLineProps {
  readonly calendar: BlackoutCalendar;
  readonly onRemove: () => void;
  readonly onReplace: () => void;
}

function CalendarLine({ calendar, onRemove, onReplace }: CalendarLineProps) {
  const { name, eventCount, gaps, next, usedBy, changedAt, changedBy } = calendar;
  return (
    <div className={classes['line']}>
      <div>
        <strong>{name}</strong> {plural(eventCount, 'event')}
        <div className={classes['dim']}>
          imported <Ago at={changedAt} /> by {changedBy} ·{' '}
          {usedBy.length === 0 ? 'no policy names it' : `named by ${usedBy.join(', ')}`}
        </div>
        {gaps.map((gap) => (
          <div key={gap} className={classes['dim']}>
            Not read: {gap}
          </div>
        ))}
        <ul className={classes['next']}>
          {next.slice(0, NEXT_SHOWN).map(({ summary, startsAt, endsAt }) => (
            <li key={`${summary} ${startsAt}`}>
              {formatMoment(startsAt)} to {formatMoment(endsAt)}: {summary}
            </li>
          ))}
        </ul>
      </div>
      <div style={{ display: 'flex', gap: '0.3rem' }}>
        <Permitted needs="policies:write">
          <Button size="compact-sm" variant="default" aria-label={`Replace ${name} …`} onClick={onReplace}>
            Replace …
          </Button>
        </Permitted>
        <Permitted needs="policies:write">
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Remove ${name} …`}
            disabled={usedBy.length > 0}
            onClick={onRemove}
          >
            Remove …
          </Button>
        </Permitted>
      </div>
    </div>
  );
}
