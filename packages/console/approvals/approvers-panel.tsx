import { Button, Group, Stack } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import type { ApproverStatus } from '@thimble/protocol';
import { useState } from 'react';
import { signApprovers, withdrawApprovers } from '../api/approval-actions.ts';
import { keys } from '../api/keys.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Panel } from '../shell/panel.tsx';
import { ApproverSetView } from './approver-set-view.tsx';
import { ProposeDialog } from './propose-dialog.tsx';
import { SignPanel } from './sign-panel.tsx';

/** Who approves now, and who shall. */
export function ApproversPanel({ status: { active, proposed } }: { status: ApproverStatus }) {
  const [proposing, setProposing] = useState(false);
  const withdraw = useAction({ run: (id: string) => withdrawApprovers(id), refresh: [keys.approvals] });
  const button =
    proposed === null ? (
      <Button variant="default" size="xs" onClick={() => setProposing(true)}>
        {active === null ? 'Choose approvers …' : 'Propose a change …'}
      </Button>
    ) : null;
  return (
    <>
      <Panel
        title="Approvers"
        note="Endpoints hold what they are told against these people’s keys, whoever owns this server"
        end={button}
      >
        {active === null ? (
          <EmptyState icon={<IconUsers size={34} stroke={1.5} />} title="Nobody has to sign">
            Endpoints do what this server’s key signed. Choose approvers, and a stolen server can’t change anything.
          </EmptyState>
        ) : (
          <ApproverSetView set={active.set} />
        )}
      </Panel>
      {proposed === null ? null : (
        <>
          <Panel
            title="Proposed approvers"
            note={`By ${proposed.proposedBy}; they hold when the present ones have signed`}
          >
            <Stack gap="md">
              <ApproverSetView set={proposed.set} />
              <Group>
                <Button
                  variant="default"
                  size="xs"
                  loading={withdraw.isPending}
                  onClick={() => withdraw.mutate(proposed.id)}
                >
                  Withdraw
                </Button>
              </Group>
            </Stack>
          </Panel>
          <SignPanel
            progress={proposed.progress}
            command="thimble approvers sign --key FILE"
            send={(signature) => signApprovers(proposed.id, signature)}
          />
        </>
      )}
      {proposing ? <ProposeDialog present={active?.set ?? null} onClose={() => setProposing(false)} /> : null}
    </>
  );
}
