import { List, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FailureSharingMode } from '@thimble/protocol';
import { useMay } from '../api/access-queries.ts';
import { failureSharingQuery, setFailureSharing } from '../api/failure-sharing.ts';
import { keys } from '../api/keys.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';

const GIVES =
  'It tells the others of the same provider: the package, its version, the distribution and the day. Never who, on which endpoint, or what was said.';

const CHOICES: readonly {
  readonly value: FailureSharingMode;
  readonly label: string;
  readonly meaning: readonly string[];
}[] = [
  {
    value: 'off',
    label: 'Off',
    meaning: ['It tells nobody what fails here.', 'It learns nothing of what fails elsewhere.'],
  },
  {
    value: 'warn',
    label: 'Warn',
    meaning: [GIVES, 'Its rollouts say which of their patches failed elsewhere, and go on.'],
  },
  {
    value: 'hold',
    label: 'Hold',
    meaning: [
      GIVES,
      'Its rollouts stop before the next ring takes a patch that failed elsewhere, once for each version, until somebody lets them go on.',
    ],
  },
];

/** Whether the present organisation tells others what fails here, and is told: what each choice gives away and brings. */
export function FailureSharingPanel({ organisation }: { organisation: string }) {
  const query = useQuery(failureSharingQuery);
  const mayChange = useMay('organisation:write');
  const change = useAction({
    run: setFailureSharing,
    refresh: [keys.failureSharing, keys.evidence],
    done: () => toastDone('Changed', 'What is shared of failed patches'),
  });
  return (
    <Panel title="Failed patches" note={`What ${organisation} tells others of the same provider, and hears of them`}>
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} />}>
        {({ mode }) => (
          <Stack gap="sm" align="flex-start">
            <SegmentedControl
              aria-label="Sharing of failed patches"
              data={CHOICES.map(({ value, label }) => ({ value, label }))}
              value={mode}
              disabled={!mayChange || change.isPending}
              onChange={(value) => {
                const chosen = CHOICES.find((choice) => choice.value === value);
                if (chosen !== undefined) change.mutate(chosen.value);
              }}
            />
            <List size="sm">
              {CHOICES.find(({ value }) => value === mode)?.meaning.map((words) => (
                <List.Item key={words}>{words}</List.Item>
              ))}
            </List>
            {mayChange ? null : (
              <Text size="sm" c="dimmed">
                To change it you need the permission organisation:write.
              </Text>
            )}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
