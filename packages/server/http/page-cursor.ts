import { HttpProblem } from './problem.ts';

/** Where a page of a list ended: its last item's sort key and id. */
export interface PageCursor {
  readonly key: string;
  readonly id: string;
}

/** Cut to what fits into a query; whoever sorts by longer keys sees an item twice and misses none. */
const KEY_CHARACTERS = 300;

export function writeCursor({ key, id }: PageCursor): string {
  return Buffer.from(JSON.stringify([key.slice(0, KEY_CHARACTERS), id])).toString('base64url');
}

/** @throws HttpProblem 400 `bad-cursor` */
export function readCursor(text: string | undefined): PageCursor | undefined {
  if (text === undefined) return undefined;
  try {
    const [key, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof key === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return { key, id };
  } catch {
    // Falls through: whatever it is, it is not one of ours.
  }
  throw new HttpProblem(400, 'bad-cursor', { detail: 'This cursor is not one that the server gave.' });
}
