import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerContext } from '../../context.ts';
import { signDue } from '../checkpoints/notary.ts';
import { appendEvidence } from '../index.ts';

const TABLES = ['evidence', 'evidence_leaf', 'evidence_checkpoint', 'evidence_cosignature'];

/** Records in one transaction. */
export async function appendTestEvidence(
  { database, clock, defaultOrganisationId }: ServerContext,
  summaries: readonly string[],
  organisationId = defaultOrganisationId,
): Promise<void> {
  const records = summaries.map((summary) => ({
    organisationId,
    at: clock(),
    kind: 'token-created' as const,
    actor: 'tester',
    summary,
    detail: { big: Number.MAX_SAFE_INTEGER, text: 'ä\n"\\' },
  }));
  await database.kysely.transaction().execute((within) => appendEvidence(within, records));
}

/** The same, and a checkpoint that has them. */
export async function appendSigned(context: ServerContext, ...summaries: readonly string[]): Promise<void> {
  await appendTestEvidence(context, summaries);
  await signAll(context);
}

const TRIES = 100;

/** Signs what is due; another may be signing it just now, and is waited for. */
export async function signAll(context: ServerContext): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    await signDue(context, new Map());
    const { rows } = await context.database.pool.query<{ due: boolean }>(`
      select coalesce((select max(size) from evidence_checkpoint as c where c.organisation_id = e.organisation_id), 0)
        < max(sequence) as due from evidence as e group by organisation_id`);
    if (rows.every(({ due }) => !due)) return;
    await sleep(50);
  }
  throw new Error('the evidence is not signed');
}

/** What somebody does who owns the database: nothing in it resists. */
export async function tamper({ database }: ServerContext, ...statements: readonly string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    for (const table of TABLES) await client.query(`alter table ${table} disable trigger all`);
    for (const statement of statements) await client.query(statement);
    for (const table of TABLES) await client.query(`alter table ${table} enable trigger all`);
    await client.query('commit');
  } finally {
    client.release();
  }
}
