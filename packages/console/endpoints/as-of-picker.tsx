import { Button, Group, Text, TextInput } from '@mantine/core';
import { dayOf } from '../format/day.ts';
import { useNow } from '../format/moment.tsx';

interface AsOfPickerProps {
  /** A day; undefined: now. */
  readonly asOf: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

/** Looks back: how it was at the end of a day, with what was known then. */
export function AsOfPicker({ asOf, onChange }: AsOfPickerProps) {
  const today = dayOf(useNow());
  return (
    <Group gap="xs" wrap="nowrap">
      <Text component="label" htmlFor="as-of" size="sm" style={{ whiteSpace: 'nowrap' }}>
        As it was on
      </Text>
      <TextInput
        id="as-of"
        type="date"
        max={today}
        value={asOf ?? ''}
        onChange={({ currentTarget: { value } }) => onChange(value === '' || value >= today ? undefined : value)}
      />
      {asOf === undefined ? null : (
        <Button variant="default" size="sm" onClick={() => onChange(undefined)}>
          Now
        </Button>
      )}
    </Group>
  );
}
