import type { PolicyProblem } from '@thimble/protocol';
import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Channels and repositories that a policy names and that are not there: it may be written before they are made, so it is a doubt alone. */
export async function missingContent(
  within: Kysely<Tables>,
  organisationId: string,
  { content }: Pick<Policy, 'content'>,
): Promise<readonly PolicyProblem[]> {
  switch (content.kind) {
    case 'channel': {
      const { rows } = await sql`
        select 1 from content_channel where organisation_id = ${organisationId} and name = ${content.channel}`.execute(
        within,
      );
      return rows.length > 0 ? [] : [doubt('content.channel', `there is no channel ${content.channel}`)];
    }
    case 'new-snapshot': {
      const names = content.repositories;
      const { rows } = await sql<{ name: string }>`
        select name from content_repository where organisation_id = ${organisationId} and removed_at is null
          and case when ${names}::text[] is null then enabled else name = any(${names}::text[]) end`.execute(within);
      const known = new Set(rows.map(({ name }) => name));
      if (names === null) return known.size > 0 ? [] : [NO_REPOSITORY];
      return names.flatMap((name, index) =>
        known.has(name) ? [] : [doubt(`content.repositories[${index}]`, `there is no repository ${name}`)],
      );
    }
    case 'newest-snapshot':
    case 'endpoint':
      return [];
  }
}

const NO_REPOSITORY: PolicyProblem = {
  ...doubt('content', 'there is no repository yet of which a snapshot could be made'),
  hint: 'Write `content: endpoint` for each endpoint’s own repositories, or add one (thimble content repositories).',
};

function doubt(path: string, message: string): PolicyProblem {
  return { path, line: null, column: null, message, hint: 'A rollout of this policy can’t begin before it is there.' };
}
