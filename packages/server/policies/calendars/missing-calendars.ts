import type { PolicyProblem } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** What is wrong with a policy's blackouts: calendars that are not there. */
export async function missingCalendars(
  within: Kysely<Tables>,
  organisationId: string,
  names: readonly string[],
): Promise<readonly PolicyProblem[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ name: string }>`
    select name from blackout_calendar
    where organisation_id = ${organisationId} and removed_at is null and name = any(${[...names]}::text[])`.execute(
    within,
  );
  const known = new Set(rows.map(({ name }) => name));
  return names.flatMap((name, index) =>
    known.has(name)
      ? []
      : [
          {
            path: `blackouts[${index}]`,
            line: null,
            column: null,
            message: `there is no calendar ${name}`,
            hint: 'Import it first, from an ICS file.',
          },
        ],
  );
}
