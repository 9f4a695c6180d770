import type { SigningKey } from '@thimble/protocol/signing';
import type { Database } from '../storage/index.ts';
import { OrderKeyError } from './order-key.ts';

const NAME = 'order-key';

/**
 * Compares the key with the one that this database's endpoints have pinned; the first server to come records its own.
 * A server with another key would sign orders that every endpoint refuses, so it must not start: a replica without the
 * shared key, or a data directory that was lost.
 *
 * @throws OrderKeyError `order-key-differs`
 */
export async function assertOrderKey({ kysely }: Database, organisationId: string, key: SigningKey): Promise<void> {
  await kysely
    .insertInto('server_setting')
    .values({ organisation_id: organisationId, name: NAME, value: JSON.stringify(key.keyid) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await kysely
    .selectFrom('server_setting')
    .select('value')
    .where('organisation_id', '=', organisationId)
    .where('name', '=', NAME)
    .executeTakeFirstOrThrow();
  if (value === key.keyid) return;
  throw new OrderKeyError(
    'order-key-differs',
    `the endpoints of this database trust the order key ${String(value)}, but this server has ${key.keyid}. ` +
      'Give it the same key file with --order-key (DATA/keys/order-key.pem of the server that made it, or its backup).',
  );
}
