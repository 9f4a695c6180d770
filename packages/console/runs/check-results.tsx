import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { CheckResult } from '@thimble/protocol';
import { formatDuration } from '../format/time.ts';
import classes from './runs.module.css';

/** Steps or checks in their order, each with how it ended and what it said. */
export function CheckResults({ title, results }: { title: string; results: readonly CheckResult[] }) {
  if (results.length === 0) return null;
  return (
    <div>
      <strong>{title}</strong>
      <ul className={classes['checks']} style={{ marginTop: '0.4rem' }}>
        {results.map(({ name, passed, message, durationMs }, index) => {
          const Icon = passed ? IconCheck : IconAlertTriangle;
          return (
            <li key={index} data-tone={passed ? 'good' : 'failed'}>
              <Icon size={16} role="img" aria-label={passed ? 'passed' : 'failed'} />
              <span>
                {name}
                {message === '' ? '' : `: ${message}`}{' '}
                <span style={{ color: 'var(--mantine-color-dimmed)' }}>({formatDuration(durationMs)})</span>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
