import type { RolloutMember, RolloutMemberQuery } from '@thimble/protocol';
import type { Client } from '../../client/index.ts';

const PAGE = 1000;
/** More endpoints than a command line is for; the console pages through them. */
const MOST_PAGES = 200;

/** Every member that the query asks for, page by page. */
export async function allMembers(
  client: Client,
  id: string,
  query: RolloutMemberQuery,
): Promise<readonly RolloutMember[]> {
  const found: RolloutMember[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, nextCursor } = await client.rolloutMembers(id, {
      ...query,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...items);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found;
}
