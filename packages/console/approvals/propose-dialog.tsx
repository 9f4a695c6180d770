import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Approver, type ApproverSet, passkeysSuffice, peopleWithKeyFile, usualKeyFiles } from '@thimble/protocol';
import { useState } from 'react';
import { proposeApprovers } from '../api/approval-actions.ts';
import { approverCandidatesQuery } from '../api/approval-queries.ts';
import { keys } from '../api/keys.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { useAction } from '../feedback/use-action.ts';
import { PasskeysSuffice } from './passkeys-suffice.tsx';
import { useCommandHere } from '../organisations/command-in.ts';

interface ProposeDialogProps {
  readonly present: ApproverSet | null;
  readonly onClose: () => void;
}

/** Chooses among the present approvers and people with passkeys; key files are added on the command line. */
export function ProposeDialog({ present, onClose }: ProposeDialogProps) {
  const query = useQuery(approverCandidatesQuery);
  return (
    <Modal opened onClose={onClose} title="Who has to sign" size="md">
      <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
        {({ items }) => <Choice people={together(present, items)} present={present} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}

function Choice({ people, present, onClose }: ProposeDialogProps & { people: readonly Approver[] }) {
  const [chosen, setChosen] = useState<readonly string[]>(present?.approvers.map(({ id }) => id) ?? []);
  const [threshold, setThreshold] = useState(present?.threshold ?? 2);
  const command = useCommandHere('thimble approvers propose --approver NAME=FILE.pub');
  const approvers = people.filter(({ id }) => chosen.includes(id));
  const [wantedKeyFiles, setKeyFiles] = useState(present === null ? undefined : (present.keyFilesAtLeast ?? 0));
  const mostKeyFiles = Math.min(threshold, peopleWithKeyFile(approvers));
  const keyFilesAtLeast = Math.min(wantedKeyFiles ?? usualKeyFiles({ threshold, approvers }), mostKeyFiles);
  const propose = useAction({
    run: () => proposeApprovers({ threshold, keyFilesAtLeast, approvers }),
    refresh: [keys.approvals],
    done: onClose,
  });
  return (
    <Stack gap="md">
      {people.length === 0 ? (
        <Text size="sm">
          Nobody has a passkey yet. Add one below Account, or propose key files: <code>{command}</code>
        </Text>
      ) : (
        people.map(({ id, name, keys: theirs }) => (
          <Checkbox
            key={id}
            label={name}
            description={theirs.map(({ kind }) => (kind === 'file' ? 'key file' : 'passkey')).join(', ')}
            checked={chosen.includes(id)}
            onChange={({ currentTarget: { checked } }) =>
              setChosen((before) => (checked ? [...before, id] : before.filter((one) => one !== id)))
            }
          />
        ))
      )}
      <NumberInput
        label="How many of them have to sign"
        description="0: nobody has to. With all of them, one lost key stops everything."
        min={0}
        max={approvers.length}
        value={threshold}
        onChange={(value) => setThreshold(Number(value))}
      />
      {mostKeyFiles === 0 ? null : (
        <NumberInput
          label="At least so many of them by key file"
          description="A stolen server can’t take a sign-in for the signature of a key file."
          min={0}
          max={mostKeyFiles}
          value={keyFilesAtLeast}
          onChange={(value) => setKeyFiles(Number(value))}
        />
      )}
      {passkeysSuffice({ threshold, keyFilesAtLeast, approvers }) ? <PasskeysSuffice /> : null}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button
          loading={propose.isPending}
          disabled={approvers.length === 0 || threshold > approvers.length}
          onClick={() => propose.mutate()}
        >
          {present === null ? 'Choose them' : 'Propose them'}
        </Button>
      </Group>
    </Stack>
  );
}

/** Present approvers keep the keys that they have; their new passkeys are added. */
function together(present: ApproverSet | null, candidates: readonly Approver[]): readonly Approver[] {
  const people = new Map((present?.approvers ?? []).map((approver) => [approver.id, approver]));
  for (const candidate of candidates.filter((each) => each.keys.length > 0)) {
    const known = people.get(candidate.id)?.keys ?? [];
    const added = candidate.keys.filter(({ keyid }) => !known.some((key) => key.keyid === keyid));
    people.set(candidate.id, { ...candidate, keys: [...known, ...added] });
  }
  return [...people.values()];
}
