import type { PolicyEffect } from '@thimble/protocol';
import { Ago } from '../../format/moment.tsx';
import { formatDuration, formatMoment } from '../../format/time.ts';
import classes from '../policies.module.css';

interface NextWindowsProps {
  readonly windows: PolicyEffect['nextWindows'];
  /** The policy names none. */
  readonly anyTime: boolean;
}

/** When installations may begin next, in the reader's own time. */
export function NextWindows({ windows, anyTime }: NextWindowsProps) {
  if (windows.length === 0)
    return <span className={classes['dim']}>{anyTime ? 'Any time is fine.' : 'None in the coming year.'}</span>;
  return (
    <ul className={classes['windows']}>
      {windows.map(({ window, timeZone, startsAt, endsAt }) => (
        <li key={`${window} ${timeZone} ${startsAt}`}>
          <span className="tabular">{formatMoment(startsAt)}</span>
          <span>
            <strong>{window}</strong> for {formatDuration(Date.parse(endsAt) - Date.parse(startsAt))}
            <span className={classes['members']}>
              <Ago at={startsAt} />, {timeZone}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
