import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ApprovalDetail, ApprovedAction } from '@thimble/protocol';
import { useState } from 'react';
import { narrowApproval } from '../api/approval-actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { ACTION_WORDS } from './approval-words.ts';

const DAY_MS = 86_400_000;

/** Fewer actions or less time: a new request in the place of this one, because other bytes are to be signed. */
export function NarrowDialog({ approval, onClose }: { approval: ApprovalDetail; onClose: () => void }) {
  const { summary, statement } = approval;
  const [longestDays] = useState(() => Math.max(1, Math.ceil((Date.parse(statement.expiresAt) - Date.now()) / DAY_MS)));
  const [actions, setActions] = useState<readonly ApprovedAction[]>(statement.actions);
  const [days, setDays] = useState(longestDays);
  const navigate = useNavigate();
  const narrow = useAction({
    run: () =>
      narrowApproval(summary.id, {
        actions: [...actions],
        ...(days < longestDays ? { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
      }),
    refresh: [keys.approvals, keys.runs],
    done: (narrowed) => {
      onClose();
      toastDone('It asks for less now', statement.title);
      void navigate({ to: '/approvals/$approvalId', params: { approvalId: narrowed.summary.id } });
    },
  });
  const isLess = actions.length < statement.actions.length || days < longestDays;
  return (
    <Modal opened onClose={onClose} title="Ask for less" size="md">
      <Stack gap="md">
        <Text size="sm">
          What is left out is asked for by itself when it is needed. Who has signed already has to sign again.
        </Text>
        <Checkbox.Group
          label="May be done"
          value={[...actions]}
          onChange={(chosen) => setActions(statement.actions.filter((action) => chosen.includes(action)))}
        >
          <Stack gap="xs" mt="xs">
            {statement.actions.map((action) => (
              <Checkbox key={action} value={action} label={ACTION_WORDS[action]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="Days from now on"
          min={1}
          max={longestDays}
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value))}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            loading={narrow.isPending}
            disabled={!isLess || actions.length === 0 || days < 1}
            onClick={() => narrow.mutate()}
          >
            Ask for less
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
