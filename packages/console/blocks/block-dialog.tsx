import { Button, Checkbox, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { BlockSummary } from '@thimble/protocol';
import { useState } from 'react';
import { createBlock } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';

/** What the dialog begins with; everything can still be changed. */
export interface BlockDraft {
  readonly name: string;
  readonly version: string;
  readonly source: boolean;
}

/** Recalls a version, then says what that stopped and what came too late. */
export function BlockDialog({ draft, onClose }: { draft?: BlockDraft; onClose: () => void }) {
  const [name, setName] = useState(draft?.name ?? '');
  const [version, setVersion] = useState(draft?.version ?? '');
  const [source, setSource] = useState(draft?.source ?? true);
  const [reason, setReason] = useState('');
  const block = useAction({
    run: () => createBlock({ name: name.trim(), version: version.trim(), source, reason: reason.trim() }),
    refresh: [keys.content, keys.runs],
  });
  const ready = name.trim() !== '' && version.trim() !== '' && reason.trim() !== '';
  return (
    <Modal opened onClose={onClose} title="Block a version" size="md">
      {block.data === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) block.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label="Package"
              required
              maxLength={255}
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="Version"
              required
              maxLength={255}
              spellCheck={false}
              value={version}
              onChange={(event) => setVersion(event.currentTarget.value)}
            />
            <Checkbox
              label="The name is a source package’s"
              description="Everything that is built from it in this version is blocked"
              checked={source}
              onChange={(event) => setSource(event.currentTarget.checked)}
            />
            <Textarea
              label="Why"
              description="For whoever asks later; endpoints show it too"
              required
              autosize
              minRows={2}
              maxLength={2000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button type="submit" color="red.8" loading={block.isPending} disabled={!ready}>
                Block
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Result block={block.data} onClose={onClose} />
      )}
    </Modal>
  );
}

function Result({ block, onClose }: { block: BlockSummary; onClose: () => void }) {
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>
        {block.name} {block.version} is blocked
      </Text>
      <Text size="sm">{plural(block.stoppedOrders, 'order was', 'orders were')} stopped.</Text>
      {block.tooLateOrders === 0 ? null : (
        <Text size="sm">
          {plural(block.tooLateOrders, 'order was', 'orders were')} past the point of no return and could not be
          stopped.
        </Text>
      )}
      <Text size="sm">
        {block.installedCount === 0
          ? 'No endpoint has it.'
          : `Installed already on ${plural(block.installedCount, 'endpoint')}: ${block.installedOn
              .slice(0, 12)
              .map(({ hostname }) => hostname)
              .join(', ')}${block.installedCount > 12 ? ' …' : ''}. Where a run brought it, roll that run back.`}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>Close</Button>
      </Group>
    </Stack>
  );
}
