import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { HaltRequest, HaltStatus } from '@thimble/protocol';
import { useState } from 'react';
import { changeHalt, signHalt } from '../api/approval-actions.ts';
import { haltQuery } from '../api/approval-queries.ts';
import { keys } from '../api/keys.ts';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import { SignPanel } from './sign-panel.tsx';

/** The button that halts all, where nothing is halted. */
export function StopButton() {
  const { data } = useQuery(haltQuery);
  const [asking, setAsking] = useState(false);
  if (data === undefined || data.halted) return null;
  return (
    <>
      <Button color="red.8" leftSection={<IconHandStop size={16} aria-hidden />} onClick={() => setAsking(true)}>
        Emergency stop …
      </Button>
      {asking ? <HaltDialog action="stop" onClose={() => setAsking(false)} /> : null}
    </>
  );
}

/** While everything is stopped: why, since when, and the way out. */
export function HaltPanel({ status: { halted, current, pending } }: { status: HaltStatus }) {
  const [asking, setAsking] = useState(false);
  if (!halted || current === null) return null;
  return (
    <>
      <Panel
        title="Everything is stopped"
        end={
          pending === null ? (
            <Button size="xs" variant="default" onClick={() => setAsking(true)}>
              Let it go on …
            </Button>
          ) : null
        }
      >
        <Text size="sm">
          <Tag tone="danger">emergency stop</Tag> {current.statement.reason}
        </Text>
        <Text size="sm" c="dimmed" mt={4}>
          <Ago at={current.createdAt} /> by {current.createdBy}. No endpoint begins anything until it ends.
        </Text>
      </Panel>
      {pending === null ? null : (
        <SignPanel
          progress={pending.progress}
          command="thimble emergency-stop --resume --key FILE"
          send={(signature) => signHalt(pending.id, signature)}
        />
      )}
      {asking ? <HaltDialog action="go-on" onClose={() => setAsking(false)} /> : null}
    </>
  );
}

const WORDS = {
  stop: {
    title: 'Stop everything?',
    text: 'Nothing new begins on any endpoint of this organisation, and what has not reached its point of no return ends. To go on takes approvers’ signatures where there are approvers.',
    button: 'Stop everything',
  },
  'go-on': {
    title: 'Let everything go on?',
    text: 'Orders are handed out again. Where there are approvers, they have to sign it first.',
    button: 'Let it go on',
  },
} as const;

function HaltDialog({ action, onClose }: { action: HaltRequest['action']; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { title, text, button } = WORDS[action];
  const change = useAction({
    run: () => changeHalt({ action, reason: reason.trim() }),
    refresh: [keys.approvals, keys.runs],
    done: onClose,
  });
  return (
    <Modal opened onClose={onClose} title={title} size="md">
      <Stack gap="md">
        <Text size="sm">{text}</Text>
        <Textarea
          label="Why"
          description="For whoever asks later; endpoints show it too"
          required
          autosize
          minRows={2}
          maxLength={512}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            {...(action === 'stop' ? { color: 'red.8' } : {})}
            loading={change.isPending}
            disabled={reason.trim() === ''}
            onClick={() => change.mutate()}
          >
            {button}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
