import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { takeOver } from '../log/take-over.ts';
import { keepOutside } from './kept-outside.ts';
import { signNext } from './sign-checkpoint.ts';

/** What came within a second has one checkpoint: a signature for each record would be noise. */
const PERIOD_MS = 1_000;

/**
 * Signs checkpoints when there is news, at most one a second for each organisation, on whichever replica comes first.
 *
 * @returns what stops it.
 */
export function startNotary(context: ServerContext): () => Promise<void> {
  const told = new Map<string, string>();
  let working = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy || context.stopping.aborted) return;
    busy = true;
    working = signDue(context, told)
      .catch((error: unknown) => context.log.error({ err: error }, 'checkpoints of the evidence not signed'))
      .finally(() => {
        busy = false;
      });
  }, PERIOD_MS);
  return async () => {
    clearInterval(timer);
    await working;
  };
}

/** @param told What was logged about an organisation's log: a fault is not news every second. */
export async function signDue(context: ServerContext, told: Map<string, string>): Promise<void> {
  for (const { id, behind } of await findDue(context)) {
    // Records from before there was a log.
    for (let more = behind; more && !context.stopping.aborted;) more = await takeOver(context.database, id);
    const signing = await signNext(context, id);
    if (signing.kind === 'signed') {
      told.delete(id);
      await keepOutside(context.settings.data, id, signing.note);
    }
    if (signing.kind !== 'refused' || told.get(id) === signing.fault.message) continue;
    told.set(id, signing.fault.message);
    const { sequence, message } = signing.fault;
    context.log.warn({ organisationId: id, sequence }, `the evidence does not hold, and is not signed: ${message}`);
  }
}

/** Organisations whose newest record is in no checkpoint yet. `behind`: nor in the log. */
async function findDue({ database }: ServerContext): Promise<readonly { id: string; behind: boolean }[]> {
  const { rows } = await sql<{ id: string; behind: boolean }>`
    select o.id, coalesce(leaf.last, 0) < record.last as behind
    from organisation as o
    cross join lateral (select max(sequence) as last from evidence where organisation_id = o.id) as record
    cross join lateral (select max(sequence) as last from evidence_leaf where organisation_id = o.id) as leaf
    cross join lateral (select max(size) as last from evidence_checkpoint where organisation_id = o.id) as signed
    where record.last > coalesce(signed.last, 0)`.execute(database.kysely);
  return rows;
}
