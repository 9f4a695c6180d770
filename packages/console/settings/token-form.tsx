import { Button, Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';

export interface TokenRequest {
  readonly name: string;
  readonly expiresInHours?: number;
  readonly maximumUses?: number;
}

interface TokenFormProps {
  readonly withUses: boolean;
  readonly pending: boolean;
  readonly onCreate: (request: TokenRequest) => void;
}

const LIFETIMES = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '1 day' },
  { value: '168', label: '1 week' },
  { value: '2160', label: '90 days' },
  { value: '', label: 'No end' },
];

export function TokenForm({ withUses, pending, onCreate }: TokenFormProps) {
  const [name, setName] = useState('');
  const [hours, setHours] = useState<string>('24');
  const [uses, setUses] = useState<number | string>('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onCreate({
          name: name.trim(),
          ...(hours === '' ? {} : { expiresInHours: Number(hours) }),
          ...(withUses && typeof uses === 'number' ? { maximumUses: uses } : {}),
        });
        setName('');
      }}
    >
      <Group gap="sm" align="flex-end" mb="md">
        <TextInput
          label="Name"
          placeholder={withUses ? 'web servers' : 'ci'}
          value={name}
          maxLength={100}
          required
          withAsterisk={false}
          style={{ flex: '1 1 12rem' }}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Valid for"
          data={LIFETIMES}
          value={hours}
          allowDeselect={false}
          w={130}
          onChange={(value) => setHours(value ?? '')}
        />
        {withUses ? (
          <NumberInput
            label="Uses at most"
            placeholder="any"
            value={uses}
            onChange={setUses}
            min={1}
            max={1_000_000}
            allowDecimal={false}
            w={130}
          />
        ) : null}
        <Button type="submit" loading={pending} disabled={name.trim() === ''}>
          Create token
        </Button>
      </Group>
    </form>
  );
}
