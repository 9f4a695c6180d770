import { displayWidth, padEnd, padStart, truncate } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** May be cut down to `leastWidth` (10 unless told) when the terminal is narrow. */
  readonly flexible?: boolean;
  readonly leastWidth?: number;
  /** Left out first when it is still too narrow; columns without it always stay. Higher goes first. */
  readonly dispensable?: number;
}

const GAP = 2;

/**
 * Lines of a table that fit into `width` columns: flexible columns are cut, then dispensable ones left out.
 *
 * @param width Infinity for a pipe: nothing is cut, so that grep and awk see everything.
 * @param style How the line of titles is painted.
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  style: (header: string) => string = (header) => header,
): readonly string[] {
  let kept = columns.map((column) => ({ column, cells: rows.map((row) => column.value(row)) }));
  let widths = kept.map(({ column, cells }) => naturalWidth(column.title, cells));
  for (;;) {
    widths = shrink(
      kept.map(({ column }) => column),
      kept.map(({ column, cells }) => naturalWidth(column.title, cells)),
      width,
    );
    if (total(widths) <= width) break;
    const victim = mostDispensable(kept.map(({ column }) => column));
    if (victim === undefined) break;
    kept = kept.filter((_, index) => index !== victim);
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const size = widths[index] ?? 0;
        const cut = truncate(cell, size);
        if (kept[index]?.column.align === 'right') return padStart(cut, size);
        return index === cells.length - 1 ? cut : padEnd(cut, size);
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    style(line(kept.map(({ column }) => column.title))),
    ...rows.map((_, row) => line(kept.map(({ cells }) => cells[row] ?? ''))),
  ];
}

function naturalWidth(title: string, cells: readonly string[]): number {
  return cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell)), displayWidth(title));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + GAP * Math.max(0, widths.length - 1);
}

/** Takes the missing columns from the widest flexible one, one by one, as long as one is above its least width. */
function shrink<Row>(columns: readonly Column<Row>[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let excess = total(widths) - width;
  while (excess > 0) {
    let widest: number | undefined;
    for (const [index, column] of columns.entries()) {
      const size = widths[index] ?? 0;
      if (column.flexible === true && size > (column.leastWidth ?? 10))
        if (widest === undefined || size > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function mostDispensable<Row>(columns: readonly Column<Row>[]): number | undefined {
  let found: number | undefined;
  for (const [index, { dispensable }] of columns.entries())
    if (dispensable !== undefined && (found === undefined || dispensable > (columns[found]?.dispensable ?? 0)))
      found = index;
  return found;
}
