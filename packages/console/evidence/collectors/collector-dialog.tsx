import { Button, Group, Modal, SegmentedControl, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import type { EvidenceExport } from '@thimble/protocol';
import { useState } from 'react';
import { saveExport } from '../../api/evidence-queries.ts';
import { keys } from '../../api/keys.ts';
import { toastDone } from '../../feedback/toasts.tsx';
import { useAction } from '../../feedback/use-action.ts';
import { type CollectorDraft, draftOf, isComplete, requestOf } from './collector-draft.ts';
import { ReceiverFields } from './receiver-fields.tsx';

interface CollectorDialogProps {
  /** undefined: a new one */
  readonly collector: EvidenceExport | undefined;
  readonly onClose: () => void;
}

export function CollectorDialog({ collector, onClose }: CollectorDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(collector));
  const change = (more: Partial<CollectorDraft>): void => setDraft((before) => ({ ...before, ...more }));
  const save = useAction({
    run: () => saveExport(draft.name, requestOf(draft)),
    refresh: [keys.evidence],
    done: () => {
      toastDone('The collector is saved', 'Test it to see whether records arrive');
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={collector === undefined ? 'Add a collector' : `Change ${collector.name}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            description="Small letters, digits and -"
            placeholder="siem"
            value={draft.name}
            maxLength={63}
            disabled={collector !== undefined}
            data-autofocus
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <SegmentedControl
            aria-label="How records are sent"
            data={[
              { value: 'syslog', label: 'Syslog over TLS' },
              { value: 'https', label: 'JSON over HTTPS' },
            ]}
            value={draft.kind}
            onChange={(kind) => change({ kind: kind === 'https' ? 'https' : 'syslog' })}
          />
          <ReceiverFields draft={draft} keepsSecret={collector?.hasSecret === true} onChange={change} />
          <Textarea
            label="Certificate of its authority"
            description="PEM; empty: an authority that systems trust"
            autosize
            minRows={2}
            maxRows={6}
            spellCheck={false}
            value={draft.authorities}
            onChange={(event) => change({ authorities: event.currentTarget.value })}
          />
          <Switch
            label="Send everything from the first record on"
            description={collector === undefined ? 'Off: what comes from now on' : 'Off: it goes on where it is'}
            checked={draft.fromStart}
            onChange={(event) => change({ fromStart: event.currentTarget.checked })}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isComplete(draft)}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
