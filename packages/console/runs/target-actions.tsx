import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import type { RunDetail, RunTarget } from '@thimble/protocol';
import { useState } from 'react';
import type { RunAction } from '../api/actions.ts';
import { Permitted } from '../feedback/permitted.tsx';
import { ActionDialog } from './action-dialog.tsx';
import { ACTION_WORDS } from './action-words.ts';

/** What can be done with one endpoint's part now. */
export function TargetActions({ run, target }: { run: RunDetail; target: RunTarget }) {
  const [action, setAction] = useState<RunAction>();
  if (target.actions.length === 0) return null;
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${target.hostname}`}>
            <IconDotsVertical size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {target.actions.map((one) => (
            <Permitted key={one} needs="runs:operate">
              <Menu.Item onClick={() => setAction(one)}>{ACTION_WORDS[one].label} …</Menu.Item>
            </Permitted>
          ))}
        </Menu.Dropdown>
      </Menu>
      {action === undefined ? null : (
        <ActionDialog run={run} action={action} targets={[target]} onClose={() => setAction(undefined)} />
      )}
    </>
  );
}
