import { Checkbox } from '@mantine/core';
import type { ReactTable, Row } from '@tanstack/react-table';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Fragment, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { Features } from './column.ts';
import { useShownColumns } from './use-shown-columns.ts';
import classes from './data-table.module.css';

interface TableBodyProps<T extends object> {
  readonly table: ReactTable<Features, T>;
  readonly selects: boolean;
  readonly rowName: (row: T) => string;
  readonly onEnd: (() => void) | undefined;
  readonly expanded: ReadonlySet<string> | undefined;
  readonly detail: ((row: T) => ReactNode) | undefined;
}

type Item<T extends object> = { readonly kind: 'row' | 'detail'; readonly row: Row<Features, T> };

const ROW_HEIGHT_PX = 45;
const DETAIL_HEIGHT_PX = 220;
/** Shorter tables are drawn whole, so that the browser's own search and print find all of them. */
const VIRTUAL_FROM_ROWS = 150;
const OVERSCAN = 14;
/** The next page is asked for this many rows before the end comes in sight. */
const END_MARGIN_ROWS = 40;

export function TableBody<T extends object>({ table, selects, rowName, onEnd, expanded, detail }: TableBodyProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const scrollMargin = useOffsetTop(body);
  const { rows } = table.getRowModel();
  const items = rows.flatMap((row): Item<T>[] =>
    expanded?.has(row.id) === true
      ? [
          { kind: 'row', row },
          { kind: 'detail', row },
        ]
      : [{ kind: 'row', row }],
  );
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.kind === 'detail' ? DETAIL_HEIGHT_PX : ROW_HEIGHT_PX),
    getItemKey: (index) => `${items[index]?.row.id ?? index}:${items[index]?.kind ?? ''}`,
    overscan: items.length < VIRTUAL_FROM_ROWS ? items.length : OVERSCAN,
    scrollMargin,
  });
  const visible = virtualizer.getVirtualItems();
  const firstVisible = visible[0];
  const lastVisible = visible.at(-1);
  const above = firstVisible === undefined ? 0 : firstVisible.start - scrollMargin;
  const below = lastVisible === undefined ? 0 : virtualizer.getTotalSize() - (lastVisible.end - scrollMargin);
  const nearEnd = lastVisible !== undefined && lastVisible.index >= items.length - END_MARGIN_ROWS;
  useEffect(() => {
    if (nearEnd) onEnd?.();
  }, [nearEnd, onEnd, items.length]);

  const columnCount = useShownColumns(body, table.getVisibleLeafColumns().length + (selects ? 1 : 0));
  return (
    <tbody role="rowgroup" ref={body}>
      <Spacer height={above} />
      {visible.map((virtual) => {
        const item = items[virtual.index];
        if (item === undefined) return null;
        return item.kind === 'detail' ? (
          <tr
            key={virtual.key}
            role="row"
            ref={virtualizer.measureElement}
            data-index={virtual.index}
            className={classes['detail']}
          >
            <td role="cell" colSpan={columnCount}>
              {detail?.(item.row.original)}
            </td>
          </tr>
        ) : (
          <tr
            key={virtual.key}
            role="row"
            aria-rowindex={item.row.index + 2}
            aria-selected={selects ? item.row.getIsSelected() : undefined}
            ref={virtualizer.measureElement}
            data-index={virtual.index}
            className={classes['row']}
          >
            {selects ? <SelectCell row={item.row} name={rowName(item.row.original)} /> : null}
            <Cells row={item.row} />
          </tr>
        );
      })}
      <Spacer height={below} />
    </tbody>
  );
}

function Cells<T extends object>({ row }: { row: Row<Features, T> }) {
  return row.getVisibleCells().map((cell) => {
    const { meta, header, cell: render } = cell.column.columnDef;
    const content = typeof render === 'function' ? (render(cell.getContext()) as ReactNode) : null;
    const attributes = {
      'data-label': String(header),
      'data-numeric': meta?.numeric,
      'data-from': meta?.from,
      'data-wide': meta?.wide,
    };
    return (
      <Fragment key={cell.id}>
        {meta?.title === true ? (
          <th role="rowheader" scope="row" data-title {...attributes}>
            {content}
          </th>
        ) : (
          <td role="cell" {...attributes}>
            {content}
          </td>
        )}
      </Fragment>
    );
  });
}

function SelectCell<T extends object>({ row, name }: { row: Row<Features, T>; name: string }) {
  return (
    <td role="cell" className={classes['check']}>
      <Checkbox
        size="xs"
        aria-label={`Select ${name}`}
        checked={row.getIsSelected()}
        disabled={!row.getCanSelect()}
        onChange={(event) => row.toggleSelected(event.currentTarget.checked)}
      />
    </td>
  );
}

/** Stands for the rows that are not drawn. */
function Spacer({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" className={classes['spacer']}>
      <td style={{ height }} />
    </tr>
  );
}

/** How far below the page's top the element begins; what is above it may grow and shrink. */
function useOffsetTop(element: React.RefObject<HTMLElement | null>): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = element.current?.getBoundingClientRect().top;
      if (top !== undefined) setOffset(Math.round(top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return offset;
}
