import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { IdentityProvider } from '@thimble/protocol';
import { IconPlus, IconX } from '@tabler/icons-react';
import { rolesQuery } from '../api/access-queries.ts';

export type GroupRole = IdentityProvider['groupRoles'][number];

interface GroupRolesProps {
  readonly value: readonly GroupRole[];
  readonly onChange: (value: readonly GroupRole[]) => void;
}

/** Which groups of the provider bring which roles. */
export function GroupRoles({ value, onChange }: GroupRolesProps) {
  const roles = useQuery(rolesQuery).data?.items ?? [];
  const change = (index: number, part: Partial<GroupRole>): void =>
    onChange(value.map((each, place) => (place === index ? { ...each, ...part } : each)));
  return (
    <Stack gap="xs" role="group" aria-label="Groups and roles">
      <Text size="sm" fw={500}>
        Groups and roles
      </Text>
      {value.map(({ group, roleId }, index) => (
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={`Group ${index + 1}`}
            placeholder="group"
            value={group}
            maxLength={255}
            style={{ flex: 1 }}
            onChange={(event) => change(index, { group: event.currentTarget.value })}
          />
          <Select
            aria-label={`Role of group ${index + 1}`}
            data={roles.map((role) => ({ value: role.id, label: role.name }))}
            value={roleId}
            allowDeselect={false}
            style={{ flex: 1 }}
            onChange={(role) => change(index, { roleId: role ?? roleId })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Take group ${index + 1} out`}
            onClick={() => onChange(value.filter((_, place) => place !== index))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...value, { group: '', roleId: 'viewer' }])}
      >
        Add a group
      </Button>
    </Stack>
  );
}
