import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { asSystem, type Tables } from '../storage/index.ts';
import { publishTrust } from '../approvals/index.ts';
import { appendList, lockLists } from './append-list.ts';
import { newestList } from './newest-list.ts';
import { signHaltsAgain } from './sign-again.ts';

const PERIOD_MS = 60_000;
/** Replicas take a new key within half a minute also when its word is lost. */
const COUNTS_AT_LEAST_MS = 10 * 60_000;
/** Then an order that is still under way is asked for anew: a key before must not count for as long as one endpoint is off. */
const COUNTS_AT_MOST_MS = 24 * 3_600_000;

/**
 * Ends what a replaced key counts for, as soon as nothing under way needs it, on whichever replica comes first.
 *
 * @returns what stops it.
 */
export function startRetiring(context: ServerContext): () => Promise<void> {
  let working = Promise.resolve();
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    working = working
      .then(() => retireReplaced(context))
      .catch((error: unknown) => context.log.error({ err: error }, 'the order key before could not be retired'));
  }, PERIOD_MS);
  return async () => {
    clearInterval(timer);
    await working;
  };
}

export async function retireReplaced(context: ServerContext): Promise<void> {
  await asSystem(async () => {
    const isChanged = await context.database.kysely.transaction().execute((within) => retireWithin(within, context));
    if (isChanged) await context.orderKeys.refresh();
  });
}

async function retireWithin(within: Kysely<Tables>, context: ServerContext): Promise<boolean> {
  const { sequence, keys, issuedAt } = await newestList(within);
  const { present } = context.orderKeys;
  if (keys[0]?.keyid !== present.keyid) return false;
  const now = context.clock();
  // A stop that another server signed while the key was being replaced.
  for (const id of await signHaltsAgain(within, present)) await publishTrust(context, id, within);
  const countedMs = now.getTime() - issuedAt.getTime();
  if (keys.length === 1 || countedMs < COUNTS_AT_LEAST_MS) return false;
  if (countedMs < COUNTS_AT_MOST_MS && (await isNeeded(within, present.keyid))) return false;
  await lockLists(within);
  if ((await newestList(within)).sequence !== sequence) return false;
  await sql`update order_key set retired_at = ${now}
    where organisation_id = ${context.defaultOrganisationId} and replaced_at is not null and retired_at is null`.execute(
    within,
  );
  const before = keys.slice(1).map(({ keyid }) => keyid);
  await appendList(within, context, {
    sequence: sequence + 1,
    keys: [present],
    signers: [present],
    record: {
      kind: 'order-key-retired',
      actor: 'thimble',
      summary: `the order key ${before.map((keyid) => keyid.slice(0, 16)).join(', ')} counts no more`,
      detail: { keyid: present.keyid, before: before.join(' '), list: sequence + 1 },
    },
  });
  return true;
}

/** Whether an order is under way that another key signed. */
async function isNeeded(within: Kysely<Tables>, keyid: string): Promise<boolean> {
  const { rows } = await sql`
    select from endpoint_order where outcome_at is null and closed_at is null
      and envelope->'signatures'->0->>'keyid' <> ${keyid} limit 1`.execute(within);
  return rows.length > 0;
}
