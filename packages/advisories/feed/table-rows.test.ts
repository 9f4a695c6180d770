import { expect, it } from 'vitest';
import type { FeedItem } from './feed.ts';
import { tableRows } from './table-rows.ts';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

async function itemsOf(text: string): Promise<readonly FeedItem[]> {
  const items: FeedItem[] = [];
  const rows = tableRows(
    once(text),
    { what: 'the table', lineLimitBytes: 100, limitLines: 10_000 },
    {
      header: (line) => line === 'name',
      row: (line, number) =>
        line === 'good' ? { kind: 'removed', id: `${number}` } : { kind: 'fault', record: `${number}`, reason: line },
    },
  );
  for await (const item of rows) items.push(item);
  return items;
}

it('reads the rows below the header, with their line numbers, and passes over empty lines', async () => {
  expect(await itemsOf('# a comment\nname\n\ngood\nbad\n')).toEqual([
    { kind: 'removed', id: '4' },
    { kind: 'fault', record: '5', reason: 'bad' },
  ]);
});

it('goes on after any number of faults once a row was good', async () => {
  expect((await itemsOf(`name\ngood\n${'bad\n'.repeat(2_000)}`)).length).toBe(2_001);
});

it.each([
  ['without a header', 'good\n'],
  ['without anything', ''],
  ['with a thousand rows that are none', `name\n${'bad\n'.repeat(1_000)}`],
])('a document %s is refused', async (_title, text) => {
  await expect(itemsOf(text)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
