import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  readonly title?: string;
  readonly note?: ReactNode;
  readonly end?: ReactNode;
  /** Content up to the edges, for lists and tables. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled area of a page. */
export function Panel({ title, note, end, flush = false, children }: PanelProps) {
  return (
    <section className={classes['panel']} aria-label={title}>
      {title === undefined ? null : (
        <Group justify="space-between" gap="xs" className={classes['head']} data-flush={flush}>
          <div>
            <Title order={2} fz="0.95rem">
              {title}
            </Title>
            {note === undefined ? null : (
              <Text component="div" size="xs" c="dimmed" mt={2}>
                {note}
              </Text>
            )}
          </div>
          {end}
        </Group>
      )}
      <div className={flush ? classes['flush'] : classes['body']}>{children}</div>
    </section>
  );
}
