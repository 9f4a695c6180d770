import { useTable, type ColumnVisibilityState, type RowSelectionState, type SortingState } from '@tanstack/react-table';
import { useMemo, useState, type ReactNode } from 'react';
import { toColumnDefs, features, type Column } from './column.ts';
import { SortSelect } from './sort-select.tsx';
import { TableBody } from './table-body.tsx';
import { TableHead } from './table-head.tsx';
import classes from './data-table.module.css';

export interface DataTableProps<T extends object> {
  /** What the table lists, for those who can't see it. */
  readonly label: string;
  /** Stable over renders. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  /** What a row is called, for the label of its checkbox. */
  readonly rowName: (row: T) => string;
  readonly empty: ReactNode;
  /** Given: the owner sorts (on the server). */
  readonly sorting?: SortingState;
  readonly onSortingChange?: (next: SortingState) => void;
  readonly initialSorting?: SortingState;
  readonly selection?: RowSelectionState;
  readonly onSelectionChange?: (next: RowSelectionState) => void;
  readonly selectable?: (row: T) => boolean;
  readonly visibility?: ColumnVisibilityState;
  /** The rows that there are, where only some are loaded. */
  readonly total?: number;
  readonly onEnd?: () => void;
  /** Row ids that show `detail` below them. */
  readonly expanded?: ReadonlySet<string>;
  readonly detail?: (row: T) => ReactNode;
}

const NOTHING: never[] = [];

/** A table that sorts, selects, draws only the rows in sight, and turns into cards on narrow screens. */
export function DataTable<T extends object>(props: DataTableProps<T>) {
  const { columns, rows, rowId, sorting: outer, selection, onSelectionChange, onSortingChange, selectable } = props;
  const [inner, setInner] = useState<SortingState>(props.initialSorting ?? NOTHING);
  const sorting = outer ?? inner;
  const definitions = useMemo(() => toColumnDefs(columns), [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    manualSorting: outer !== undefined,
    enableSortingRemoval: false,
    enableRowSelection: (row) => selectable?.(row.original) ?? true,
    state: { sorting, rowSelection: selection ?? EMPTY, columnVisibility: props.visibility ?? EMPTY },
    onSortingChange: (update) => {
      const next = typeof update === 'function' ? update(sorting) : update;
      if (onSortingChange === undefined) setInner(next);
      else onSortingChange(next);
    },
    onRowSelectionChange: (update) => {
      onSelectionChange?.(typeof update === 'function' ? update(selection ?? EMPTY) : update);
    },
  });
  const selects = selection !== undefined;
  const total = props.total ?? rows.length;
  return (
    <div className={classes['frame']}>
      {rows.length > 1 ? <SortSelect table={table} /> : null}
      <table className={classes['table']} role="table" aria-label={props.label} aria-rowcount={total + 1}>
        <TableHead table={table} selects={selects} />
        <TableBody
          table={table}
          selects={selects}
          rowName={props.rowName}
          onEnd={props.onEnd}
          expanded={props.expanded}
          detail={props.detail}
        />
      </table>
      {rows.length === 0 ? props.empty : null}
    </div>
  );
}

const EMPTY = {};
