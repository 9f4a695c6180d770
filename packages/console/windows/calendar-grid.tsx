import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../feedback/empty-state.tsx';
import { plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import type { Day, Entry } from './days.ts';
import classes from './windows.module.css';

const KINDS = {
  window: { label: 'window', tone: 'busy' },
  blackout: { label: 'blackout', tone: 'notice' },
  freeze: { label: 'freeze', tone: 'danger' },
} as const;
const weekday = new Intl.DateTimeFormat('en', { weekday: 'short' });

/** Four weeks, a day each; on narrow screens a list of the days on which something is. */
export function CalendarGrid({ days, today }: { days: readonly Day[]; today: string }) {
  if (days.every(({ entries }) => entries.length === 0))
    return <EmptyState title="Nothing is in these weeks">No policy has a window in them.</EmptyState>;
  return (
    <ol className={classes['days']} aria-label="Days">
      {days.map(({ day, entries }) => (
        <li key={day} className={classes['day']} data-empty={entries.length === 0} data-today={day === today}>
          <span className={classes['date']}>
            {weekday.format(new Date(`${day}T12:00:00`))} {day.slice(5)}
            {day === today ? <span className={classes['today']}> today</span> : null}
          </span>
          {entries.map((entry) => (
            <EntryChip key={`${entry.kind} ${entry.policy?.id ?? ''} ${entry.name}`} entry={entry} day={day} />
          ))}
        </li>
      ))}
    </ol>
  );
}

function EntryChip({ entry, day }: { entry: Entry; day: string }) {
  const { label, tone } = KINDS[entry.kind];
  const [starts, ends] = [formatMoment(entry.startsAt), formatMoment(entry.endsAt)];
  return (
    <div
      className={classes['entry']}
      data-tone={tone}
      title={`${label} ${entry.name}: ${starts} to ${ends} (${entry.timeZones.join(', ')})`}
    >
      <span className={classes['entryName']}>
        {entry.kind === 'window' ? null : `${label}: `}
        {entry.policy === null ? (
          entry.name
        ) : (
          <>
            {entry.name},{' '}
            <Anchor component={Link} to={`/policies/${entry.policy.id}`} c="inherit" fz="inherit" underline="always">
              {entry.policy.name}
            </Anchor>
          </>
        )}
      </span>
      <span className={classes['entryWhen']}>{timesOn(day, starts, ends)}</span>
      {entry.plannedCount === 0 ? null : (
        <span className={classes['entryWhen']}>{plural(entry.plannedCount, 'installation')} planned</span>
      )}
    </div>
  );
}

/** Hours where it begins or ends on the day; `all day` where it only passes through. */
function timesOn(day: string, starts: string, ends: string): string {
  const [startDay, startHour] = starts.split(' ');
  const [endDay, endHour] = ends.split(' ');
  if (startDay === day) return `${startHour ?? ''} to ${endDay === day ? (endHour ?? '') : `${ends.slice(5)}`}`;
  return endDay === day ? `until ${endHour ?? ''}` : 'all day';
}
