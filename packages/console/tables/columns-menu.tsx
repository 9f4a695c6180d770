import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconColumns3 } from '@tabler/icons-react';
import type { ColumnVisibilityState } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Column } from './column.ts';

/** Which columns a reader wants, kept in this browser under `name`. */
export function useColumnChoice<T>(
  name: string,
  columns: readonly Column<T>[],
): readonly [ColumnVisibilityState, (next: ColumnVisibilityState) => void] {
  const [stored, setStored] = useLocalStorage<ColumnVisibilityState>({
    key: `thimble-columns-${name}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const visibility = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, stored[column.id] ?? column.optional !== true])),
    [columns, stored],
  );
  return [visibility, setStored];
}

interface ColumnsMenuProps<T> {
  readonly columns: readonly Column<T>[];
  readonly visibility: ColumnVisibilityState;
  readonly onChange: (next: ColumnVisibilityState) => void;
}

export function ColumnsMenu<T>({ columns, visibility, onChange }: ColumnsMenuProps<T>) {
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="sm" leftSection={<IconColumns3 size={16} aria-hidden />} visibleFrom="sm">
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap="xs">
          {columns
            .filter((column) => column.title !== true && column.header !== '')
            .map((column) => (
              <Checkbox
                key={column.id}
                size="xs"
                label={column.header}
                checked={visibility[column.id] ?? true}
                onChange={(event) => onChange({ ...visibility, [column.id]: event.currentTarget.checked })}
              />
            ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
