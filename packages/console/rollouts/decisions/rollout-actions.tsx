import { Button, Menu } from '@mantine/core';
import { IconDots, IconPlayerPause, IconPlayerPlay, IconShieldCheck } from '@tabler/icons-react';
import type { Permission, RolloutAction, RolloutDetail } from '@thimble/protocol';
import { useState } from 'react';
import { Permitted } from '../../feedback/permitted.tsx';
import { DecisionDialog } from './decision-dialog.tsx';
import { DECISION_WORDS } from './decision-words.ts';

const ICONS: Partial<Record<RolloutAction, typeof IconDots>> = {
  approve: IconShieldCheck,
  halt: IconPlayerPause,
  resume: IconPlayerPlay,
};
/** As the server's table of permissions says of the routes. */
const NEEDED: Readonly<Record<RolloutAction, Permission>> = {
  approve: 'runs:approve',
  halt: 'runs:operate',
  resume: 'runs:operate',
  'skip-gate': 'runs:approve',
  'roll-back': 'runs:operate',
  cancel: 'runs:operate',
  retry: 'runs:operate',
  block: 'content:write',
};
/** What is wanted in a hurry is a button, the rest is a menu. */
const BUTTONS: readonly RolloutAction[] = ['halt', 'resume', 'approve'];

/** What can be done with the rollout now. */
export function RolloutActions({ rollout }: { rollout: RolloutDetail }) {
  const [decision, setDecision] = useState<RolloutAction>();
  const rest = rollout.actions.filter((action) => !BUTTONS.includes(action));
  return (
    <>
      {rest.length === 0 ? null : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={10} aria-label="More to do with this rollout">
              <IconDots size={18} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((action) => (
              <Permitted key={action} needs={NEEDED[action]}>
                <Menu.Item onClick={() => setDecision(action)}>{DECISION_WORDS[action].label} …</Menu.Item>
              </Permitted>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {BUTTONS.filter((action) => rollout.actions.includes(action)).map((action) => {
        const Icon = ICONS[action] ?? IconDots;
        return (
          <Permitted key={action} needs={NEEDED[action]}>
            <Button
              variant={action === 'halt' ? 'default' : 'filled'}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => setDecision(action)}
            >
              {DECISION_WORDS[action].label} …
            </Button>
          </Permitted>
        );
      })}
      {decision === undefined ? null : (
        <DecisionDialog rollout={rollout} decision={decision} onClose={() => setDecision(undefined)} />
      )}
    </>
  );
}
