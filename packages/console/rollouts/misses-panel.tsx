import { Text } from '@mantine/core';
import type { RolloutDetail } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';
import classes from './rollouts.module.css';

/** Deadlines that can't hold as things are, told beforehand, and what would make them hold. */
export function MissesPanel({ misses, title }: { misses: RolloutDetail['misses']; title: string }) {
  if (misses.length === 0) return null;
  return (
    <Panel title={title} flush>
      {misses.map(({ patch, deadline, endpointCount, first, lastAt, advice }) => (
        <div key={`${patch} ${deadline}`} className={classes['miss']}>
          <Text size="sm">
            <strong>{patch}</strong> is due <Ago at={deadline} /> ({formatMoment(deadline)}), and{' '}
            {plural(endpointCount, 'endpoint')} will have it later
            {lastAt === null ? ', or not at all' : `: the last ${formatMoment(lastAt)}`}.
          </Text>
          <Text size="xs" c="dimmed">
            {first.join(', ')}
            {endpointCount > first.length ? ` and ${endpointCount - first.length} more` : ''}
          </Text>
          {advice.length === 0 ? null : (
            <ul className={classes['advice']}>
              {advice.map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </Panel>
  );
}
