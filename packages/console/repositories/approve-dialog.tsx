import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import type { AddRepositoryRequest, RepositoryProposal } from '@thimble/protocol';
import { useState } from 'react';
import { addRepository } from '../api/content-actions.ts';
import { keys } from '../api/keys.ts';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { KeyView } from './key-view.tsx';
import { placeOf } from './place.ts';

/** Shows the keys by fingerprint, once each: these are what is trusted from then on. */
export function ApproveDialog({
  proposals,
  onClose,
}: {
  proposals: readonly RepositoryProposal[];
  onClose: () => void;
}) {
  const found = new Map(proposals.flatMap(({ keys: each }) => each).map((one) => [one.key.fingerprint, one]));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set([...found.values()].filter(({ key }) => key.problem === '').map(({ key }) => key.fingerprint)),
  );
  const [compared, setCompared] = useState(false);
  const add = useAction({
    run: async () => {
      for (const proposal of proposals) await addRepository(requestOf(proposal, chosen));
    },
    refresh: [keys.content],
    done: () => {
      onClose();
      toastDone('Added', `${plural(proposals.length, 'repository is', 'repositories are')} looked at now.`);
    },
  });
  const without = proposals.filter(({ keys: each }) => !each.some(({ key }) => chosen.has(key.fingerprint)));
  return (
    <Modal opened onClose={onClose} title="Add and trust" size="lg">
      <Stack gap="md">
        <div>
          {proposals.map((proposal) => (
            <Text key={proposal.id} size="sm">
              <b>{proposal.name}</b> <span style={{ overflowWrap: 'anywhere' }}>{placeOf(proposal)}</span>
            </Text>
          ))}
        </div>
        <Stack gap={0} role="group" aria-label="Keys">
          <Text size="sm" fw={550}>
            Compare the fingerprints with what the vendors publish
          </Text>
          {[...found.values()].map(({ key, endpointCount }) => (
            <Checkbox
              key={key.fingerprint}
              mt="xs"
              checked={chosen.has(key.fingerprint)}
              disabled={key.problem !== ''}
              label={<KeyView shown={key} note={`accepted by ${plural(endpointCount, 'endpoint')}`} />}
              onChange={({ currentTarget: { checked } }) =>
                setChosen((before) => {
                  const next = new Set(before);
                  if (checked) next.add(key.fingerprint);
                  else next.delete(key.fingerprint);
                  return next;
                })
              }
            />
          ))}
        </Stack>
        <Checkbox
          label="I have compared these fingerprints"
          checked={compared}
          onChange={(event) => setCompared(event.currentTarget.checked)}
        />
        {without.length === 0 ? null : (
          <Text size="sm" role="alert">
            No key is chosen for {without.map(({ name }) => name).join(', ')}.
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button loading={add.isPending} disabled={!compared || without.length > 0} onClick={() => add.mutate()}>
            {proposals.length === 1 ? 'Add' : `Add ${proposals.length}`}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function requestOf(proposal: RepositoryProposal, chosen: ReadonlySet<string>): AddRepositoryRequest {
  const { name, format, uris, mirrorList, suite, components, architectures } = proposal;
  return {
    name,
    format,
    uris,
    mirrorList,
    suite,
    components,
    architectures,
    fingerprints: proposal.keys.map(({ key }) => key.fingerprint).filter((fingerprint) => chosen.has(fingerprint)),
  };
}
