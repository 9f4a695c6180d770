import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './selection-bar.module.css';

interface SelectionBarProps {
  readonly text: string;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** What can be done with the selected rows; stays in sight at the bottom of the window. */
export function SelectionBar({ text, onClear, children }: SelectionBarProps) {
  return (
    <div className={classes['bar']} role="region" aria-label="Selected rows">
      <Text size="sm" fw={600} aria-live="polite">
        {text}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={onClear}>
          Clear selection
        </Button>
        {children}
      </Group>
    </div>
  );
}
