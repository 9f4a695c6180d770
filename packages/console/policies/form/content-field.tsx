import { NativeSelect } from '@mantine/core';
import { valueAt } from '../text/policy-text.ts';
import { TextField } from './fields.tsx';
import { useField } from './form-context.ts';

const KINDS = [
  { value: 'new', label: 'a new snapshot', said: { snapshot: 'new' } },
  { value: 'newest', label: 'the newest snapshot', said: { snapshot: 'newest' } },
  { value: 'channel', label: 'what a channel points at', said: { channel: 'production' } },
  { value: 'endpoint', label: 'each endpoint’s own repositories', said: 'endpoint' },
] as const;

/** From where the packages of a rollout come. */
export function ContentField() {
  const { value, error, set } = useField(['content']);
  const kind = kindOf(value);
  return (
    <>
      <NativeSelect
        label="Content"
        error={error}
        value={kind}
        data={[
          { value: '', label: 'a new snapshot of all repositories, as usual' },
          ...KINDS.map(({ value: one, label }) => ({ value: one, label })),
        ]}
        onChange={({ currentTarget: { value: next } }) => set(KINDS.find((one) => one.value === next)?.said)}
      />
      {kind === 'channel' ? <TextField path={['content', 'channel']} label="Channel" required /> : null}
    </>
  );
}

function kindOf(content: unknown): string {
  if (content === 'endpoint') return 'endpoint';
  if (valueAt(content, ['channel']) !== undefined) return 'channel';
  const snapshot = valueAt(content, ['snapshot']);
  return snapshot === 'new' || snapshot === 'newest' ? snapshot : '';
}
