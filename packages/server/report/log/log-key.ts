import { type VerifierKey, verifierKeyOf } from '@thimble/transparency';
import { sql } from 'kysely';
import { DEFAULT_ORGANISATION_ID } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { asSystem } from '../../storage/index.ts';

/** The key that signs an organisation's checkpoints. Its name, the log's origin, names installation and organisation. */
export async function logKeyOf(
  { database, logKey }: Pick<ServerContext, 'database' | 'logKey'>,
  organisationId: string,
): Promise<VerifierKey> {
  // The installation's name is kept with its first organisation, and every log carries it.
  const { rows } = await asSystem(() =>
    sql<{ instance: string }>`select value #>> '{}' as instance from server_setting
      where organisation_id = ${DEFAULT_ORGANISATION_ID} and name = 'instance'`.execute(database.kysely),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database has no name for this installation');
  return verifierKeyOf(`thimble/${row.instance}/${organisationId}`, 'ed25519', logKey.publicKey);
}
