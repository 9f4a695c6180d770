import { Checkbox, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import type { Header, ReactTable } from '@tanstack/react-table';
import type { Features } from './column.ts';
import classes from './data-table.module.css';

interface TableHeadProps<T extends object> {
  readonly table: ReactTable<Features, T>;
  readonly selects: boolean;
}

export function TableHead<T extends object>({ table, selects }: TableHeadProps<T>) {
  const [group] = table.getHeaderGroups();
  return (
    <thead role="rowgroup" className={classes['head']}>
      <tr role="row" aria-rowindex={1}>
        {selects ? (
          <th role="columnheader" className={classes['check']} scope="col">
            <Checkbox
              size="xs"
              aria-label="Select all rows that are loaded"
              checked={table.getIsAllRowsSelected()}
              indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
              onChange={(event) => table.toggleAllRowsSelected(event.currentTarget.checked)}
            />
          </th>
        ) : null}
        {group?.headers.map((header) => (
          <HeadCell key={header.id} header={header} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell<T extends object>({ header }: { header: Header<Features, T> }) {
  const { column } = header;
  const { meta } = column.columnDef;
  const text = String(column.columnDef.header);
  const sorted = column.getIsSorted();
  const Icon = sorted === 'asc' ? IconArrowUp : sorted === 'desc' ? IconArrowDown : IconArrowsSort;
  return (
    <th
      role="columnheader"
      scope="col"
      style={meta?.width === undefined ? undefined : { width: meta.width }}
      data-numeric={meta?.numeric}
      data-from={meta?.from}
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
    >
      {column.getCanSort() ? (
        <button
          type="button"
          className={classes['sort']}
          data-sorted={sorted !== false}
          onClick={column.getToggleSortingHandler()}
        >
          {text}
          <Icon size={13} aria-hidden />
        </button>
      ) : text === '' ? (
        <VisuallyHidden>Actions</VisuallyHidden>
      ) : (
        text
      )}
    </th>
  );
}
