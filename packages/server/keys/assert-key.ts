import type { SigningKey } from '@thimble/protocol/signing';
import type { Database } from '../storage/index.ts';
import { type KeyName, ServerKeyError } from './signing-key.ts';

const WHO_TRUSTS: Readonly<Record<KeyName, string>> = {
  'order-key': 'the endpoints of this database trust the order key',
  'log-key': 'the evidence in this database is signed with the log key',
};

/**
 * Compares the key with the one that belongs to this database; the first server to come records its own. A server with
 * another key would sign what everybody refuses, so it must not start: a replica without the shared key, or a data
 * directory that was lost.
 *
 * @throws ServerKeyError `order-key-differs`, `log-key-differs`
 */
export async function assertKey(
  { kysely }: Database,
  organisationId: string,
  name: KeyName,
  key: SigningKey,
): Promise<void> {
  await kysely
    .insertInto('server_setting')
    .values({ organisation_id: organisationId, name, value: JSON.stringify(key.keyid) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await kysely
    .selectFrom('server_setting')
    .select('value')
    .where('organisation_id', '=', organisationId)
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  if (value === key.keyid) return;
  throw new ServerKeyError(
    `${name}-differs`,
    `${WHO_TRUSTS[name]} ${String(value)}, but this server has ${key.keyid}. ` +
      `Give it the same key file with --${name} (DATA/keys/${name}.pem of the server that made it, or its backup).`,
  );
}
