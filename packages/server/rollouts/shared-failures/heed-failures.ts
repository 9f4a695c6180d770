import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { NewRolloutEvent } from '../record-event.ts';
import { type FailureElsewhere, failuresElsewhere } from './failures-elsewhere.ts';
import { noteTold } from './note-told.ts';
import { sharingMode } from './sharing-mode.ts';

/** A client whose failures are made up must not stop the others for ever: after so many versions they are told, and go on. */
const HOLDS_A_WEEK = 10;
/** As many are named; the rest is a number. */
const NAMED = 5;
/** Who halts it, in events, evidence and the plan. */
export const ELSEWHERE = 'failures elsewhere';

interface Heeding {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
}

/**
 * Holds a rollout that begins, or opens a ring, against what failed at other organisations, as the organisation wishes: it is told of, or
 * the rollout is halted; once for each version.
 *
 * @param seeing all organisations
 * @returns what people want to know of it; a rollout of which `halted` is said begins nothing more
 */
export async function heedFailures(
  within: Kysely<Tables>,
  seeing: Kysely<Tables>,
  now: Date,
  { id, organisationId, name }: Heeding,
): Promise<readonly NewRolloutEvent[]> {
  const mode = await sharingMode(within, organisationId);
  if (mode === 'off') return [];
  const { rows: patches } = await sql<{ name: string; version: string }>`
    select name, version from rollout_patch where rollout_id = ${id}`.execute(within);
  const known = await failuresElsewhere(seeing, now, organisationId, patches);
  const failures = await noteTold(within, { id, organisationId }, known, now);
  if (failures.length === 0) return [];
  const why = inWords(failures);
  const event = { actor: ELSEWHERE, ring: null, detail: { failures } };
  const held = mode === 'hold' ? await noteHolds(within, { id, organisationId }, failures, now) : 0;
  if (held === 0) return [{ ...event, kind: 'warned', summary: `${name} takes what failed elsewhere: ${why}` }];
  // One that is being prepared becomes halted with its first plan.
  await sql`
    update rollout set halted_at = ${now}, halted_by = ${ELSEWHERE}, halted_why = ${why},
      state = case when state = 'preparing' then state else 'halted' end,
      explanation = case when state = 'preparing' then explanation else ${`halted by ${ELSEWHERE}: ${why}`} end
    where id = ${id} and organisation_id = ${organisationId}`.execute(within);
  return [{ ...event, kind: 'halted', summary: `${name} waits for somebody to let it go on: ${why}` }];
}

/** @returns how many of the versions never stopped a rollout here, and may */
async function noteHolds(
  within: Kysely<Tables>,
  { id, organisationId }: Pick<Heeding, 'id' | 'organisationId'>,
  failures: readonly FailureElsewhere[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from failure_hold where organisation_id = ${organisationId}
      and held_at > ${now}::timestamptz - interval '7 days'`.execute(within);
  const left = Math.max(0, HOLDS_A_WEEK - (rows[0]?.count ?? 0));
  const noted = await sql`
    insert into failure_hold (organisation_id, name, version, rollout_id, held_at)
    select ${organisationId}::uuid, f.name, f.version, ${id}::uuid, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb) as f (name text, version text)
    where not exists (select from failure_hold h where h.organisation_id = ${organisationId}
      and h.name = f.name and h.version = f.version)
    limit ${left} on conflict do nothing returning 1`.execute(within);
  return noted.rows.length;
}

function inWords(failures: readonly FailureElsewhere[]): string {
  const named = failures.slice(0, NAMED).map(({ name, version, organisationCount, platforms, day }) => {
    const where = organisationCount === null ? 'elsewhere' : `at ${organisationCount} other organisations`;
    return `${name} ${version} failed ${where} (${platforms.join(', ')}, last on ${day})`;
  });
  const more = failures.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
