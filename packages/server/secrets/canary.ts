import { sql } from 'kysely';
import { DEFAULT_ORGANISATION_ID } from '../access/index.ts';
import type { Database } from '../storage/index.ts';
import { SecretsError } from './error.ts';
import type { Secrets } from './secrets.ts';

/** A sealed word that everybody knows: whoever opens it has the key of this database. */
export const CANARY_WORD = 'canary';
export const CANARY_NAME = 'secrets-canary';
export const CANARY_PURPOSE = 'server_setting.secrets-canary';

export async function hasCanary(database: Database): Promise<boolean> {
  return (await readCanary(database)) !== undefined;
}

/**
 * Nothing to compare in a database that has not been used yet.
 *
 * @throws SecretsError `secrets-key-differs`
 */
export async function assertCanary(database: Database, secrets: Secrets): Promise<void> {
  const sealed = await readCanary(database);
  if (sealed === undefined) return;
  try {
    if (secrets.open(CANARY_PURPOSE, sealed).toString('utf8') === CANARY_WORD) return;
  } catch (cause) {
    throw differs((cause as Error).message, cause);
  }
  throw differs('the word inside is another', undefined);
}

export async function recordCanary({ kysely }: Database, secrets: Secrets): Promise<void> {
  const value = JSON.stringify(secrets.seal(CANARY_PURPOSE, CANARY_WORD).toString('base64'));
  await kysely
    .insertInto('server_setting')
    .values({ organisation_id: DEFAULT_ORGANISATION_ID, name: CANARY_NAME, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function readCanary({ kysely }: Database): Promise<Buffer | undefined> {
  const { rows: tables } = await sql<{ present: boolean }>`
    select to_regclass('server_setting') is not null as present`.execute(kysely);
  if (tables[0]?.present !== true) return undefined;
  const row = await kysely
    .selectFrom('server_setting')
    .select('value')
    .where('organisation_id', '=', DEFAULT_ORGANISATION_ID)
    .where('name', '=', CANARY_NAME)
    .executeTakeFirst();
  return row === undefined ? undefined : Buffer.from(String(row.value), 'base64');
}

function differs(reason: string, cause: unknown): SecretsError {
  return new SecretsError(
    'secrets-key-differs',
    `this server's key for secrets is not the one of its database (${reason}). Nothing was touched. ` +
      'Give it the key of the server that made it, or of its backup: see secrets-key-file, secrets-key and secrets-key-command.',
    { cause },
  );
}
