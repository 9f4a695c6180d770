import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { Principal } from '../principal.ts';

/** Somebody who acts, as far as it matters who they are. */
export type Actor = Pick<Principal, 'organisationId' | 'name' | 'personId'>;

/** Whom an action is counted for: with a token a person is not two, and all who open the server's own socket are one. */
export function answerableOf({ personId }: Pick<Principal, 'personId'>): string {
  return personId ?? 'local';
}

/** Their own name, not that of a token. */
export async function answerableName(within: Kysely<Tables>, { personId, name }: Actor): Promise<string> {
  if (personId === null) return 'local operator';
  const { rows } = await sql<{ name: string }>`select name from person where id = ${personId}`.execute(within);
  return rows[0]?.name ?? name;
}
