import {
  columnVisibilityFeature,
  createSortedRowModel,
  metaHelper,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
  type Row,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';

export type SortKey = string | number | boolean | null;

/** One column of a table, in the few words that the console's tables need. */
export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** What is sorted by; left out: the column can't be sorted. */
  readonly sortKey?: (row: T) => SortKey;
  /** A CSS width; left out: a share of what is left. */
  readonly width?: string;
  /** Numbers: at the end, in digits of equal width. */
  readonly numeric?: boolean;
  /** The table's width (47, 60, 72 em) below which it is left out. Cards on narrow screens show it again, but for `xl`. */
  readonly from?: 'md' | 'lg' | 'xl';
  /** A sentence: on a card it gets a whole line. */
  readonly wide?: boolean;
  /** The row's name: a header cell, and the title of the card on narrow screens. */
  readonly title?: boolean;
  /** Hidden until the reader chooses it. */
  readonly optional?: boolean;
}

type Meta = Pick<Column<never>, 'numeric' | 'from' | 'title' | 'width' | 'wide'>;

export const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: metaHelper<Meta>(),
});
export type Features = typeof features;

export function toColumnDefs<T extends object>(columns: readonly Column<T>[]): ColumnDef<Features, T>[] {
  return columns.map((column) => ({
    id: column.id,
    header: column.header,
    accessorFn: (row: T) => column.sortKey?.(row) ?? null,
    cell: ({ row }: { row: Row<Features, T> }) => column.cell(row.original),
    enableSorting: column.sortKey !== undefined,
    sortDescFirst: column.numeric === true,
    sortFn: (a: Row<Features, T>, b: Row<Features, T>) =>
      compareSortKeys(column.sortKey?.(a.original) ?? null, column.sortKey?.(b.original) ?? null),
    meta: column,
  }));
}

/** By code unit, never by locale: package names and host names are ASCII, and readers expect the order of `ls`. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
