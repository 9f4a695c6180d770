import { Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CreateTokenRequest } from '@thimble/protocol';
import { useState } from 'react';
import { rolesQuery, useMay } from '../api/access-queries.ts';
import { sessionQuery } from '../api/queries.ts';
import { readLabels } from '../people/labels-text.ts';

interface TokenFormProps {
  readonly pending: boolean;
  readonly onCreate: (request: CreateTokenRequest) => void;
}

const LIFETIMES = [
  { value: '1', label: '1 hour' },
  { value: '24', label: '1 day' },
  { value: '168', label: '1 week' },
  { value: '2160', label: '90 days' },
  { value: '8760', label: '1 year' },
];

/** A token of a role that the reader has all of: the server refuses more. */
export function TokenForm({ pending, onCreate }: TokenFormProps) {
  const own = useQuery(sessionQuery).data?.permissions ?? [];
  const seesRoles = useMay('people:read');
  const roles = useQuery({ ...rolesQuery, enabled: seesRoles }).data?.items ?? [];
  const [name, setName] = useState('');
  const [hours, setHours] = useState('2160');
  const [roleId, setRoleId] = useState('viewer');
  const [labels, setLabels] = useState('');
  const within = readLabels(labels);
  const choices = roles
    .filter(({ permissions }) => permissions.every((permission) => own.includes(permission)))
    .map((role) => ({ value: role.id, label: role.name }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (within === undefined) return;
        onCreate({
          name: name.trim(),
          roleId,
          expiresInHours: Number(hours),
          ...(within === null ? {} : { labels: within }),
        });
        setName('');
      }}
    >
      <Group gap="sm" align="flex-end" mb="md">
        <TextInput
          label="Name"
          placeholder="ci"
          value={name}
          maxLength={100}
          required
          withAsterisk={false}
          style={{ flex: '1 1 10rem' }}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Role"
          data={choices.length === 0 ? ['viewer', 'operator'] : choices}
          value={roleId}
          allowDeselect={false}
          style={{ flex: '1 1 8rem' }}
          onChange={(value) => setRoleId(value ?? roleId)}
        />
        <TextInput
          label="For endpoints with"
          placeholder="all; or role=web"
          spellCheck={false}
          value={labels}
          error={within === undefined}
          style={{ flex: '1 1 10rem' }}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
        <Select
          label="Valid for"
          data={LIFETIMES}
          value={hours}
          allowDeselect={false}
          w={110}
          onChange={(value) => setHours(value ?? hours)}
        />
        <Button type="submit" loading={pending} disabled={name.trim() === '' || within === undefined}>
          Create token
        </Button>
      </Group>
    </form>
  );
}
