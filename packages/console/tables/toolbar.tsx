import { Group } from '@mantine/core';
import type { ReactNode } from 'react';

/** What stands above a table: search and filters, then actions at the end. */
export function Toolbar({ children, end }: { children: ReactNode; end?: ReactNode }) {
  return (
    <Group justify="space-between" gap="sm" mb="sm" align="center">
      <Group gap="sm" style={{ flex: '1 1 20rem' }}>
        {children}
      </Group>
      {end === undefined ? null : <Group gap="xs">{end}</Group>}
    </Group>
  );
}
