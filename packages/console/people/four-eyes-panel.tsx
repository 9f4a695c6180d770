import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { FourEyesSetting } from '@thimble/protocol';
import { setFourEyes } from '../api/access-actions.ts';
import { fourEyesQuery, useMay } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';

const CHOICES: readonly { readonly value: FourEyesSetting; readonly label: string }[] = [
  { value: 'automatic', label: 'Automatic' },
  { value: 'required', label: 'Required' },
  { value: 'off', label: 'Off' },
];

/** Whether whoever proposes a run or a rollout may approve it. */
export function FourEyesPanel() {
  const query = useQuery(fourEyesQuery);
  const mayChange = useMay('organisation:write');
  const change = useAction({
    run: (setting: FourEyesSetting) => setFourEyes({ setting }),
    refresh: [keys.fourEyes, keys.evidence],
    done: () => toastDone('The four-eyes rule is changed'),
  });
  return (
    <Panel title="Four eyes" note="Who proposes a run or a rollout, or wrote its policy, does not approve it">
      <Loaded query={query} skeleton={<LinesSkeleton lines={2} />}>
        {({ setting, inForce, why }) => (
          <Stack gap="sm" align="flex-start">
            <SegmentedControl
              aria-label="Four-eyes rule"
              data={[...CHOICES]}
              value={setting}
              disabled={!mayChange || change.isPending}
              onChange={(value) => {
                const chosen = CHOICES.find((choice) => choice.value === value);
                if (chosen !== undefined) change.mutate(chosen.value);
              }}
            />
            <Text component="div" size="sm">
              <Tag tone={inForce ? 'good' : 'quiet'}>{inForce ? 'in force' : 'not in force'}</Tag> {why}
            </Text>
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}
