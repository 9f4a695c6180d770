import { get } from './client.ts';
import type { Query } from './query-string.ts';

const PER_PAGE = 1000;
/** 200,000 rows; a server that never ends its list must not hold the browser for ever. */
const PAGES_LIMIT = 200;

/** Every row that matches, not only those that were scrolled to. */
export async function everyPage<T>(path: string, filter: Query): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_LIMIT; page += 1) {
    const list: { readonly items: readonly T[]; readonly nextCursor: string | null } = await get(path, {
      ...filter,
      limit: PER_PAGE,
      cursor: cursor ?? undefined,
    });
    all.push(...list.items);
    cursor = list.nextCursor;
    if (cursor === null) return all;
  }
  throw new Error(`The list ${path} does not end.`);
}
