import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './feedback.module.css';

/** Why there is nothing to see here, and what to do about it. */
export function EmptyState({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={classes['empty']}>
      {icon === undefined ? null : <div className={classes['emptyIcon']}>{icon}</div>}
      <Text fw={600}>{title}</Text>
      {children === undefined ? null : (
        <Text component="div" size="sm" c="dimmed" maw={460}>
          {children}
        </Text>
      )}
    </div>
  );
}
