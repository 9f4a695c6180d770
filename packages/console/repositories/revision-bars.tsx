import { Text } from '@mantine/core';
import type { RevisionSummary } from '@thimble/protocol';
import { formatCount, plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import classes from './repositories.module.css';

/** So many fit beside each other and can still be told apart. */
const SHOWN = 40;

/** What each revision brought and took, oldest first. The first one of all has everything and would dwarf the others. */
export function RevisionBars({ revisions }: { revisions: readonly RevisionSummary[] }) {
  const shown = revisions
    .filter(({ sequence }) => sequence > 1)
    .slice(0, SHOWN)
    .toReversed();
  const most = Math.max(...shown.map(({ addedCount, removedCount }) => Math.max(addedCount, removedCount)), 1);
  const [newest] = revisions;
  if (shown.length < 2 || newest === undefined) return null;
  const sum = (of: (one: RevisionSummary) => number): number => shown.reduce((total, one) => total + of(one), 0);
  const share = (count: number): string => `${(100 * count) / most}%`;
  return (
    <figure className={classes['timeline']}>
      <div
        className={classes['bars']}
        role="img"
        aria-label={`Packages that came and went with ${shown.length} revisions; the table below has all numbers.`}
      >
        {shown.map((one) => (
          <div
            key={one.id}
            className={classes['bar']}
            title={`${formatMoment(one.date ?? one.createdAt)}: ${formatCount(one.addedCount)} new, ${formatCount(one.removedCount)} gone`}
          >
            <span className={classes['up']}>
              <span data-tone="good" style={{ height: share(one.addedCount) }} />
            </span>
            <span className={classes['down']}>
              <span data-tone="quiet" style={{ height: share(one.removedCount) }} />
            </span>
          </div>
        ))}
      </div>
      <Text component="figcaption" size="xs" c="dimmed" className="tabular">
        Last {plural(shown.length, 'revision')}: {formatCount(sum((one) => one.addedCount))} new above,{' '}
        {formatCount(sum((one) => one.removedCount))} gone below
      </Text>
    </figure>
  );
}
