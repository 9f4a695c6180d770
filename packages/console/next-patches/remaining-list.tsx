import { Text } from '@mantine/core';
import type { NextPatches } from '@thimble/protocol';
import { formatCount, plural } from '../format/quantity.ts';
import classes from './next-patches.module.css';

/** What stays when all of them are installed, and why. */
export function RemainingList({ patches }: { patches: NextPatches }) {
  const { remaining, totalRisk } = patches;
  if (remaining.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing that is known stays.
      </Text>
    );
  }
  return (
    <dl className={classes['remaining']}>
      {remaining.map(({ reason, risk, count }) => (
        <div key={reason} style={{ display: 'contents' }}>
          <dt>{reason}</dt>
          <dd>{plural(count, 'finding')}</dd>
          <dd>
            {formatCount(Math.round(risk))} points
            {totalRisk > 0 ? ` (${Math.round((100 * risk) / totalRisk)} %)` : ''}
          </dd>
        </div>
      ))}
    </dl>
  );
}
