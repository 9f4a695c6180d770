import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, renderTable } from './table.ts';
import { displayWidth } from './text.ts';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly note: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name, flexible: true, leastWidth: 6 },
  { title: 'COUNT', value: ({ count }) => String(count), align: 'right' },
  { title: 'NOTE', value: ({ note }) => note, flexible: true, dispensable: 1 },
];
const rows: readonly Row[] = [
  { name: 'a-rather-long-hostname', count: 7, note: 'all is well' },
  { name: 'b', count: 128, note: '' },
];

describe('a table', () => {
  it('aligns its columns and leaves no space at the ends of lines', () => {
    expect(renderTable(columns, rows, 80)).toEqual([
      'NAME                    COUNT  NOTE',
      'a-rather-long-hostname      7  all is well',
      'b                         128',
    ]);
  });

  it('cuts the widest flexible column first', () => {
    expect(renderTable(columns, rows, 32)).toEqual([
      'NAME          COUNT  NOTE',
      'a-rather-lo…      7  all is well',
      'b               128',
    ]);
  });

  it('leaves dispensable columns out when cutting is not enough', () => {
    expect(renderTable(columns, rows, 20)).toEqual([
      'NAME           COUNT',
      'a-rather-lon…      7',
      'b                128',
    ]);
  });

  it('cuts nothing for a pipe', () => {
    expect(renderTable(columns, rows, Number.POSITIVE_INFINITY)[1]).toContain('a-rather-long-hostname');
  });

  it('fits any terminal of 40 columns or more, whatever is in it', () => {
    const row = fc.record({
      name: fc.string({ maxLength: 300 }),
      count: fc.nat(99_999),
      note: fc.string({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.integer({ min: 40, max: 300 }), (anyRows, width) => {
        for (const line of renderTable(columns, anyRows, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
