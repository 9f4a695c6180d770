import { ActionIcon, Button, Checkbox, Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { AssumedEvent, PreviewDraft } from './preview-draft.ts';

interface PreviewFormProps {
  readonly draft: PreviewDraft;
  readonly onChange: (next: PreviewDraft) => void;
  /** Whether there is something to compare with. */
  readonly comparable: boolean;
}

const DAYS_MOST = 365;
const UPDATES_MOST = 500;
const ASSUMED_MOST = 20;

/** For how long, how unlucky, and what is assumed to happen. */
export function PreviewForm({ draft, onChange, comparable }: PreviewFormProps) {
  const change = (next: Partial<PreviewDraft>): void => onChange({ ...draft, ...next });
  const changeEvent = (at: number, next: Partial<AssumedEvent>): void =>
    change({ assumed: draft.assumed.map((event, index) => (index === at ? { ...event, ...next } : event)) });
  return (
    <Stack gap="md">
      <Group gap="md" align="flex-start">
        <NumberInput
          label="Days"
          min={1}
          max={DAYS_MOST}
          w={110}
          value={draft.days}
          onChange={(days) => change({ days: toCount(days, 1, DAYS_MOST) })}
        />
        <NumberInput
          label="New updates a week"
          min={0}
          max={UPDATES_MOST}
          w={170}
          value={draft.updatesPerWeek}
          onChange={(count) => change({ updatesPerWeek: toCount(count, 0, UPDATES_MOST) })}
        />
        {draft.faults ? (
          <NumberInput
            label="Seed"
            min={0}
            max={2 ** 32 - 1}
            w={130}
            value={draft.seed}
            onChange={(seed) => change({ seed: toCount(seed, 0, 2 ** 32 - 1) })}
          />
        ) : null}
      </Group>
      <Checkbox
        label="With failures and absences"
        description="By chance, the same for the same seed"
        checked={draft.faults}
        onChange={({ currentTarget: { checked } }) => change({ faults: checked })}
      />
      {comparable ? (
        <Checkbox
          label="Compare with the policies as they are"
          checked={draft.compare}
          onChange={({ currentTarget: { checked } }) => change({ compare: checked })}
        />
      ) : null}
      {draft.assumed.map((event, index) => (
        <Group key={index} gap="xs" align="flex-end" role="group" aria-label={`What if ${index + 1}`}>
          <NativeSelect
            label="What if"
            value={event.kind}
            data={[
              { value: 'kev', label: 'it becomes known to be exploited' },
              { value: 'update', label: 'an update is published' },
            ]}
            onChange={({ currentTarget: { value } }) =>
              changeEvent(index, { kind: value === 'update' ? 'update' : 'kev' })
            }
          />
          <TextInput
            label="Package"
            placeholder="openssl"
            value={event.package}
            onChange={({ currentTarget: { value } }) => changeEvent(index, { package: value })}
          />
          <TextInput
            type="date"
            label="On"
            value={event.day}
            onChange={({ currentTarget: { value } }) => changeEvent(index, { day: value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`Remove what if ${index + 1}`}
            onClick={() => change({ assumed: draft.assumed.filter((_, at) => at !== index) })}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {draft.assumed.length >= ASSUMED_MOST ? null : (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => change({ assumed: [...draft.assumed, { kind: 'kev', package: '', day: '' }] })}
          >
            What if …
          </Button>
        </div>
      )}
    </Stack>
  );
}

function toCount(value: string | number, least: number, most: number): number {
  const count = Math.round(Number(value));
  return Number.isFinite(count) ? Math.min(most, Math.max(least, count)) : least;
}
