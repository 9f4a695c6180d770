import { Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { RunDetail } from '@thimble/protocol';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { countFetchedAhead } from './count-fetched-ahead.ts';
import classes from './runs.module.css';

/** What endpoints fetched before the run is approved, so that installing downloads nothing; nothing where none did. */
export function FetchedAhead({ run }: { run: RunDetail }) {
  const { done, underWay, fetchedBytes, fromRelayBytes } = countFetchedAhead(run.targets);
  if (done + underWay === 0) return null;
  const waiting = run.targets.filter(({ state }) => state === 'planned').length;
  const all = Math.max(waiting, done + underWay);
  return (
    <div className={classes['ahead']} role="status" data-tone="busy">
      <IconDownload size={17} aria-hidden />
      <span>
        <b>
          Fetched ahead on {formatCount(done)} of {formatCount(all)}
        </b>
        {underWay === 0 ? '' : `, under way on ${formatCount(underWay)}`}
        {done === 0 ? '' : `: ${formatBytes(fetchedBytes)}, ${formatBytes(fromRelayBytes)} of it from relays`}
      </span>
      <Progress
        value={(100 * done) / all}
        size="sm"
        aria-label="Endpoints that have fetched ahead"
        className={classes['aheadBar'] ?? ''}
      />
    </div>
  );
}
