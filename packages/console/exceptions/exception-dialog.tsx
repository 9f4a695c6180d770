import { Button, Group, Modal, NativeSelect, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Exception } from '@thimble/protocol';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { dayOf } from '../format/day.ts';
import { EXCEPTION_KINDS, JUSTIFICATIONS } from '../states/exception-states.ts';
import { problemsOf, requestOf, type ExceptionDraft } from './exception-draft.ts';
import { useCreateException } from './use-exceptions.ts';

interface ExceptionDialogProps {
  readonly vulnerability: string;
  /** Packages that it is in here. */
  readonly packages: readonly string[];
  readonly endpoints: readonly { readonly id: string; readonly hostname: string }[];
  /** What is chosen at first, where one came from a row. */
  readonly initial?: Partial<Pick<ExceptionDraft, 'package' | 'endpointId'>>;
  readonly onClose: () => void;
}

const DAY_MS = 86_400_000;
const PERIODS_DAYS = [30, 90, 180] as const;
const KINDS = Object.keys(EXCEPTION_KINDS) as Exception['kind'][];

/** Accepts a risk for a time, or states that a finding does not hold, with scope, owner and reason. */
export function ExceptionDialog({ vulnerability, packages, endpoints, initial, onClose }: ExceptionDialogProps) {
  const session = useQuery(sessionQuery);
  const [openedAt] = useState(() => Date.now());
  const [tried, setTried] = useState(false);
  const [draft, setDraft] = useState<ExceptionDraft>({
    vulnerability,
    kind: 'accepted',
    package: initial?.package ?? '',
    endpointId: initial?.endpointId ?? '',
    justification: '',
    reason: '',
    owner: session.data?.principal.name ?? '',
    expiresOn: dayOf(openedAt + 90 * DAY_MS),
  });
  const create = useCreateException(onClose);
  const problems = problemsOf(draft, openedAt);
  const shown = tried ? problems : {};
  const change = (next: Partial<ExceptionDraft>): void => setDraft((before) => ({ ...before, ...next }));
  return (
    <Modal opened onClose={onClose} title={`Exception for ${vulnerability}`} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (Object.keys(problems).length === 0) create.mutate(requestOf(draft));
        }}
      >
        <Stack gap="md">
          <Radio.Group
            label="What it is"
            value={draft.kind}
            onChange={(value) => change({ kind: KINDS.find((kind) => kind === value) ?? 'accepted' })}
          >
            <Stack gap="xs" mt="xs">
              {KINDS.map((kind) => (
                <Radio
                  key={kind}
                  value={kind}
                  label={EXCEPTION_KINDS[kind].label}
                  description={EXCEPTION_KINDS[kind].meaning}
                />
              ))}
            </Stack>
          </Radio.Group>
          {draft.kind === 'not-affected' ? (
            <NativeSelect
              label="Justification"
              withAsterisk
              data={[{ value: '', label: 'Choose …' }, ...JUSTIFICATIONS]}
              value={draft.justification}
              error={shown.justification}
              onChange={(event) => change({ justification: event.currentTarget.value })}
            />
          ) : null}
          <ScopeFields draft={draft} packages={packages} endpoints={endpoints} onChange={change} />
          <Textarea
            label="Reason"
            withAsterisk
            autosize
            minRows={2}
            maxLength={4000}
            value={draft.reason}
            error={shown.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
          <TextInput
            label="Owner"
            description="Who answers for it"
            withAsterisk
            maxLength={200}
            value={draft.owner}
            error={shown.owner}
            onChange={(event) => change({ owner: event.currentTarget.value })}
          />
          <ExpiryField draft={draft} error={shown.expiresOn} openedAt={openedAt} onChange={change} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={create.isPending}>
              {draft.kind === 'accepted' ? 'Accept the risk' : 'Make the exception'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface FieldsProps {
  readonly draft: ExceptionDraft;
  readonly onChange: (next: Partial<ExceptionDraft>) => void;
}

function ScopeFields({
  draft,
  packages,
  endpoints,
  onChange,
}: FieldsProps & Pick<ExceptionDialogProps, 'packages' | 'endpoints'>) {
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <NativeSelect
        label="Package"
        miw="12rem"
        data={[{ value: '', label: 'Every package' }, ...packages]}
        value={draft.package}
        onChange={(event) => onChange({ package: event.currentTarget.value })}
      />
      <NativeSelect
        label="Endpoint"
        miw="12rem"
        data={[
          { value: '', label: 'Everywhere' },
          ...endpoints.map(({ id, hostname }) => ({ value: id, label: hostname })),
        ]}
        value={draft.endpointId}
        onChange={(event) => onChange({ endpointId: event.currentTarget.value })}
      />
    </Group>
  );
}

function ExpiryField({
  draft,
  error,
  openedAt,
  onChange,
}: FieldsProps & { error: string | undefined; openedAt: number }) {
  return (
    <div>
      <TextInput
        type="date"
        label="Ends on"
        withAsterisk={draft.kind === 'accepted'}
        description={
          draft.kind === 'accepted' ? 'After this day it counts as open again' : 'Optional; empty: until it is revoked'
        }
        value={draft.expiresOn}
        min={dayOf(openedAt)}
        error={error}
        onChange={(event) => onChange({ expiresOn: event.currentTarget.value })}
      />
      <Group gap={6} mt={6}>
        {PERIODS_DAYS.map((days) => (
          <Button
            key={days}
            size="compact-xs"
            variant="default"
            onClick={() => onChange({ expiresOn: dayOf(openedAt + days * DAY_MS) })}
          >
            {days} days
          </Button>
        ))}
      </Group>
    </div>
  );
}
