import { Alert, Button, Group, Modal, Radio, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { CreateRunRequest, Selection } from '@thimble/protocol';
import { useState } from 'react';
import { actOnRun, createRun } from '../api/actions.ts';
import { keys } from '../api/keys.ts';
import { endpointsQuery } from '../api/queries.ts';
import { toastProblem, toastUndo } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { EndpointPicker } from './endpoint-picker.tsx';
import { contentOf, InstallFrom } from './install-from.tsx';
import type { NewRunDraft } from './new-run.tsx';

type Scope = 'chosen' | 'all';

/** Chooses endpoints and updates; the endpoints then compute the exact transactions, and nothing changes before approval. */
export function NewRunDialog({ draft, onClose }: { draft: NewRunDraft; onClose: () => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>(draft.endpoints === undefined ? 'all' : 'chosen');
  const [chosen, setChosen] = useState(draft.endpoints ?? []);
  const [kind, setKind] = useState<Selection['kind']>(
    draft.packages === undefined ? (draft.selection ?? 'security') : 'packages',
  );
  const [packages, setPackages] = useState<string[]>([...(draft.packages ?? [])]);
  const [from, setFrom] = useState(draft.snapshot === undefined ? '' : `snapshot ${draft.snapshot.id}`);
  const total = useInfiniteQuery(endpointsQuery({})).data?.pages[0]?.total;
  const navigate = useNavigate();
  const start = useAction({
    run: createRun,
    refresh: [keys.runs, keys.overview],
    done: ({ summary }) => {
      onClose();
      void navigate({ to: '/runs/$runId', params: { runId: summary.id } });
      toastUndo('The endpoints are planning', 'Cancel the run', () => {
        actOnRun(summary.id, 'cancel').catch(toastProblem);
      });
    },
  });
  const ready = (scope === 'all' || chosen.length > 0) && (kind !== 'packages' || packages.length > 0);
  const submit = (): void =>
    start.mutate({
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      endpoints: scope === 'all' ? 'all' : chosen.map((endpoint) => endpoint.id),
      selection: selectionOf(kind, packages),
      ...contentOf(from),
    });
  return (
    <Modal opened onClose={onClose} title="New patch run" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) submit();
        }}
      >
        <Stack gap="lg">
          <Radio.Group
            label="Endpoints"
            value={scope}
            onChange={(value) => setScope(value === 'all' ? 'all' : 'chosen')}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="all"
                label={total === undefined ? 'All endpoints' : `All endpoints (${plural(total, 'endpoint')})`}
              />
              <Radio value="chosen" label="Chosen endpoints" />
            </Stack>
          </Radio.Group>
          {scope === 'chosen' ? <EndpointPicker chosen={chosen} onChange={setChosen} /> : null}
          <Radio.Group
            label="Updates"
            value={kind}
            onChange={(value) => setKind(value === 'all' || value === 'packages' ? value : 'security')}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="security"
                label="Security updates"
                description="What the vendor’s security pocket offers, and what that needs"
              />
              <Radio value="all" label="All updates" description="Security, bug fixes and features" />
              <Radio value="packages" label="Single packages" />
            </Stack>
          </Radio.Group>
          {kind === 'packages' ? (
            <TagsInput
              label="Packages"
              description="Type a package’s name and press Enter"
              value={packages}
              onChange={setPackages}
              splitChars={[',', ' ']}
            />
          ) : null}
          <InstallFrom value={from} onChange={setFrom} />
          <TextInput
            label="Name"
            placeholder="Optional"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Alert variant="light" color="thread" title="Nothing changes yet">
            <Text size="sm">
              Each endpoint computes its exact transaction with its own package manager. You then see every change, and
              approve or cancel.
            </Text>
          </Alert>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={start.isPending} disabled={!ready}>
              Plan
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function selectionOf(kind: Selection['kind'], packages: readonly string[]): CreateRunRequest['selection'] {
  return kind === 'packages' ? { kind, packages: packages.map((name) => ({ name })) } : { kind };
}
