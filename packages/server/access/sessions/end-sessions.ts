import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { ACCESS_TOPIC } from '../access-topic.ts';
import type { AccessContext } from '../context.ts';
import { hashSecret } from '../secrets.ts';

type Telling = Pick<AccessContext, 'events'>;

export async function endSession({ database, events }: AccessContext, secret: string): Promise<void> {
  const { rows } = await sql<Ended>`
    delete from session where secret_hash = ${hashSecret(secret)} returning person_id, organisation_id`.execute(
    database.kysely,
  );
  await tell(database.kysely, { events }, rows);
}

/** @returns whether the person had it */
export async function endSessionById(
  within: Kysely<Tables>,
  telling: Telling,
  personId: string,
  id: string,
): Promise<boolean> {
  const { rows } = await sql<Ended>`
    delete from session where id = ${id} and person_id = ${personId} returning person_id, organisation_id`.execute(
    within,
  );
  await tell(within, telling, rows);
  return rows.length === 1;
}

/**
 * Ends all of a person.
 *
 * @param except The secret of one that goes on.
 * @returns how many there were
 */
export async function endSessionsOf(
  within: Kysely<Tables>,
  telling: Telling,
  personId: string,
  except?: string,
): Promise<number> {
  const spared = except === undefined ? Buffer.alloc(0) : hashSecret(except);
  const { rows } = await sql<Ended>`
    delete from session where person_id = ${personId} and secret_hash <> ${spared}
    returning person_id, organisation_id`.execute(within);
  await tell(within, telling, rows);
  return rows.length;
}

interface Ended {
  readonly person_id: string;
  readonly organisation_id: string;
}

/** Streams of events outlast the request that was recognised by a session: they end with it. Once is enough for all of one person. */
async function tell(within: Kysely<Tables>, { events }: Telling, [ended]: readonly Ended[]): Promise<void> {
  if (ended === undefined) return;
  const { organisation_id: organisationId, person_id: key } = ended;
  await events.publish({ organisationId, topic: ACCESS_TOPIC, key }, within);
}
