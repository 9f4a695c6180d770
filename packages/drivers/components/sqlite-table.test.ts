import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostError } from '../host.ts';
import { pagesOf } from './rpm-database.ts';
import { sqliteRows, type SqliteValue } from './sqlite-table.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = readonly [Uint8Array, string, number, number | null];

/** A database as SQLite itself writes it. */
function written(rows: readonly Row[], pageBytes = 4096, more = ''): Buffer {
  count += 1;
  const file = join(folder, `${count}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec(`pragma page_size = ${pageBytes}; ${more};
    create table other (x); insert into other values ('not this');
    create table Packages (hnum integer primary key autoincrement, blob blob not null, name text, size, ratio)`);
  database.exec('begin');
  const insert = database.prepare('insert into Packages (blob, name, size, ratio) values (?, ?, ?, ?)');
  for (const row of rows) insert.run(...row);
  database.exec('commit');
  database.close();
  return readFileSync(file);
}

async function rowsOf(bytes: Buffer): Promise<readonly (readonly SqliteValue[])[]> {
  const rows: (readonly SqliteValue[])[] = [];
  for await (const row of sqliteRows(pagesOf(bytes), 'Packages')) rows.push(row);
  return rows;
}

const row = fc.tuple(
  // Up to several overflow pages.
  fc.uint8Array({ maxLength: 20_000, size: 'max' }),
  fc.string({ unit: 'grapheme', maxLength: 200 }).map((each) => each.toWellFormed().replaceAll('\0', '')),
  fc.integer(),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.1, max: 1e300 })),
);

describe('rows of an SQLite table', () => {
  it('are those that SQLite itself wrote, for any sizes and page sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 60 }),
        fc.constantFrom(512, 1024, 4096, 65_536),
        async (rows, pageBytes) => {
          const read = await rowsOf(written(rows, pageBytes));
          const expected = rows.map(([blob, ...rest]) => [null, Buffer.from(blob), ...rest]);
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are in the order of their keys over many pages', async () => {
    const rows = Array.from({ length: 5000 }, (_, index): Row => [Buffer.alloc(50, 1), `n${index}`, index, null]);
    expect((await rowsOf(written(rows, 512))).map((each) => each[2])).toEqual(rows.map(([, name]) => name));
  });

  it('a schema’s view, which SQLite would compute for ever, is no table', async () => {
    count += 1;
    const file = join(folder, `${count}.sqlite`);
    const database = new DatabaseSync(file);
    database.exec(
      'create view Packages as with recursive n(x) as (select 1 union all select x + 1 from n) select x as blob from n',
    );
    database.close();
    await expect(rowsOf(readFileSync(file))).rejects.toThrow('it has no table Packages');
  });

  it('a damaged database is an error, in bounded time, whatever is damaged', async () => {
    const whole = written(
      Array.from({ length: 200 }, (_, index): Row => [Buffer.alloc(900, index), 'name', index, null]),
      512,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.nat(whole.length),
        async (changes, length) => {
          const damaged = Buffer.from(whole);
          for (const [at, byte] of changes) damaged[at] = byte;
          for (const bytes of [damaged, damaged.subarray(0, length)]) {
            const read = await rowsOf(bytes).catch((error: unknown) => error);
            if (!Array.isArray(read)) expect(read).toBeInstanceOf(HostError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('random bytes are an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000, size: 'max' }), async (bytes) => {
        await expect(rowsOf(Buffer.from(bytes))).rejects.toBeInstanceOf(HostError);
      }),
    );
  });
});
