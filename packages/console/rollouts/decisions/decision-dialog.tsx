import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { RolloutDetail } from '@thimble/protocol';
import { useState } from 'react';
import { keys } from '../../api/keys.ts';
import { decide, type Decision, type DecisionRequest } from '../../api/rollout-actions.ts';
import { toastDone } from '../../feedback/toasts.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { endOfDay } from '../../format/day.ts';
import { plural } from '../../format/quantity.ts';
import { DECISION_WORDS, NEEDS_RING, ringsFor } from './decision-words.ts';

export interface ChosenMember {
  readonly id: string;
  readonly hostname: string;
}

interface DecisionDialogProps {
  readonly rollout: RolloutDetail;
  readonly decision: Decision;
  /** Offered first. */
  readonly ring?: string | undefined;
  /** For these endpoints alone; left out: a ring, or the whole rollout. */
  readonly members?: readonly ChosenMember[] | undefined;
  readonly onClose: () => void;
  readonly onDone?: (() => void) | undefined;
}

const REASON_LENGTH = 2000;

/** Says what a decision will do and to whom, asks for a reason where the record wants one, and then decides. */
export function DecisionDialog({ rollout, decision, ring: given, members, onClose, onDone }: DecisionDialogProps) {
  const words = DECISION_WORDS[decision];
  const rings = members === undefined ? ringsFor(decision, rollout) : [];
  const whole = !NEEDS_RING.has(decision) && (decision !== 'approve' || rings.length === 0);
  const [ring, setRing] = useState(given ?? (whole ? '' : (rings[0]?.name ?? '')));
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState('');
  const { id, name } = rollout.summary;
  const act = useAction({
    run: () => decide(id, decision, requestOf({ decision, ring, members, reason, until })),
    refresh: [keys.rollouts, keys.policies, keys.runs],
    done: () => {
      onClose();
      onDone?.();
      toastDone(words.done, members === undefined ? name : placeOf(members));
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${words.label}: ${members === undefined ? name : placeOf(members)}`}
      size="md"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Stack gap="md">
          <Text size="sm">{words.consequence}</Text>
          {rings.length === 0 ? null : (
            <NativeSelect
              label="Ring"
              value={ring}
              onChange={(event) => setRing(event.currentTarget.value)}
              data={[
                ...(whole ? [{ value: '', label: 'The whole rollout' }] : []),
                ...rings.map((one) => ({
                  value: one.name,
                  label: `${one.name} (${plural(one.memberCount, 'endpoint')})`,
                })),
              ]}
            />
          )}
          {words.reason ? (
            <Textarea
              label="Reason"
              description="Stands in the record, and where people ask why"
              required
              autosize
              minRows={2}
              maxLength={REASON_LENGTH}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
            />
          ) : null}
          {decision === 'hold' ? (
            <TextInput
              type="date"
              label="Until the end of"
              description="Empty: until somebody releases it"
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          ) : null}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} {...(words.reason ? {} : { 'data-autofocus': true })}>
              Back
            </Button>
            <Button
              type="submit"
              {...(words.danger ? { color: 'red.8' } : {})}
              loading={act.isPending}
              disabled={words.reason && reason.trim() === ''}
            >
              {words.label}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function placeOf(members: readonly ChosenMember[]): string {
  const [first] = members;
  return members.length === 1 && first !== undefined ? first.hostname : plural(members.length, 'endpoint');
}

interface Chosen {
  readonly decision: Decision;
  readonly ring: string;
  readonly members: readonly ChosenMember[] | undefined;
  readonly reason: string;
  readonly until: string;
}

/** Only what the decision's route knows. */
function requestOf({ decision, ring, members, reason, until }: Chosen): DecisionRequest {
  const ends = decision === 'hold' ? endOfDay(until) : undefined;
  return {
    ...(ring === '' ? {} : { ring }),
    ...(members === undefined ? {} : { endpoints: members.map(({ id }) => id) }),
    ...(DECISION_WORDS[decision].reason ? { reason: reason.trim() } : {}),
    ...(ends === undefined ? {} : { until: ends }),
  };
}
