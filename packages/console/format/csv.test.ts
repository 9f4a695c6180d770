import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('fields with commas, quotes and line ends are quoted, others are not', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['x,y', 'he said "no"'],
        ['line\nend', 7],
        [null, true],
      ],
    ),
  ).toBe('a,b\r\n"x,y","he said ""no"""\r\n"line\nend",7\r\n,true\r\n');
});

test('text from an endpoint never becomes a formula', () => {
  expect(toCsv(['h'], [['=1+1'], ['+cmd'], ['-2'], ['@sum'], ['\tx']])).toBe(
    "h\r\n'=1+1\r\n'+cmd\r\n'-2\r\n'@sum\r\n'\tx\r\n",
  );
});

test('numbers stay numbers, also negative ones', () => {
  expect(toCsv(['n'], [[-3]])).toBe('n\r\n-3\r\n');
});

test('reading it again gives the same fields', () => {
  const field = fc.string().filter((text) => !/^[=+\-@\t\r]/.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 }), (rows) => {
      expect(parse(toCsv(['a', 'b'], rows)).slice(1)).toEqual(rows);
    }),
  );
});

/** A strict reader of RFC 4180, written apart from the writer. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (text[at] === '"') at += 1;
        value += text[at] ?? '';
        at += 1;
      }
      at += 1;
    } else {
      while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
        value += text[at] ?? '';
        at += 1;
      }
    }
    row.push(value);
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    at += 2;
    rows.push(row);
    row = [];
  }
  return rows;
}
