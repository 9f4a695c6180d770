import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { problemOf } from './problem-of.ts';
import classes from './feedback.module.css';

/** A failure with all that the server says of it: title, detail, hint, code. */
export function ProblemPanel({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const problem = problemOf(error);
  return (
    <div className={classes['problem']} data-tone="danger" role="alert">
      <IconAlertTriangle size={22} aria-hidden className={classes['problemIcon']} />
      <Stack gap={6} style={{ minWidth: 0 }}>
        <Text fw={600}>{problem.title}</Text>
        {problem.detail === undefined ? null : <Text size="sm">{problem.detail}</Text>}
        {problem.hint === undefined ? null : (
          <Text size="sm" c="dimmed">
            {problem.hint}
          </Text>
        )}
        <Group gap="sm" mt={4}>
          {retry === undefined ? null : (
            <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
              Try again
            </Button>
          )}
          <Code>{problem.code}</Code>
        </Group>
      </Stack>
    </div>
  );
}
