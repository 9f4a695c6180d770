import { NativeSelect } from '@mantine/core';
import type { ReactTable } from '@tanstack/react-table';
import type { Features } from './column.ts';
import classes from './data-table.module.css';

/** Cards have no column heads to press, so narrow screens sort by a list. */
export function SortSelect<T extends object>({ table }: { table: ReactTable<Features, T> }) {
  const columns = table.getAllLeafColumns().filter((column) => column.getCanSort() && column.getIsVisible());
  if (columns.length < 2) return null;
  const [first] = table.state.sorting;
  const options = columns.flatMap((column) => {
    const text = String(column.columnDef.header);
    return [
      { value: `${column.id}:asc`, label: `${text}, ascending` },
      { value: `${column.id}:desc`, label: `${text}, descending` },
    ];
  });
  return (
    <div className={classes['sortSelect']}>
      <NativeSelect
        size="xs"
        aria-label="Sort by"
        data={first === undefined ? [{ value: '', label: 'Sort by …' }, ...options] : options}
        value={first === undefined ? '' : `${first.id}:${first.desc ? 'desc' : 'asc'}`}
        onChange={(event) => {
          const [id, direction] = event.currentTarget.value.split(':');
          if (id !== undefined && id !== '') table.setSorting([{ id, desc: direction === 'desc' }]);
        }}
      />
    </div>
  );
}
