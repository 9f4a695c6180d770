import { type Database } from '../storage/index.ts';
import { assertCanary, hasCanary, recordCanary } from './canary.ts';
import { SecretsError } from './error.ts';
import { type KeySettings, readSecretsKeys, secretsKeyPath, writeSecretsKeys } from './read-keys.ts';
import { type Secrets, createSecrets } from './secrets.ts';
import { newSecretsKey } from './secrets-key.ts';

export interface LoadSecretsOptions {
  readonly settings: KeySettings;
  readonly random: (sizeBytes: number) => Uint8Array;
}

/**
 * Finds the key and holds it against the database, which may not have been migrated yet: a server with the wrong key must not
 * touch anything. The first start makes a key.
 *
 * @throws SecretsError
 */
export async function loadSecrets(database: Database, { settings, random }: LoadSecretsOptions): Promise<Secrets> {
  const found = await readSecretsKeys(settings);
  if (found !== undefined) {
    const secrets = createSecrets(found, random);
    await assertCanary(database, secrets);
    return secrets;
  }
  const path = secretsKeyPath(settings);
  if (await hasCanary(database))
    throw new SecretsError(
      'secrets-key-missing',
      `this database holds secrets, but their key ${path} does not exist. Put it there from the server that made it or from its backup, or name it with --secrets-key-file.`,
    );
  const key = newSecretsKey(random);
  await writeSecretsKeys(path, [key]);
  return createSecrets([key], random);
}

/**
 * Records with which key this database is used, once there is a table to record it in. Of two servers that come first at the same
 * time with different keys, the later is refused.
 *
 * @throws SecretsError `secrets-key-differs`
 */
export async function bindSecrets(database: Database, secrets: Secrets): Promise<void> {
  await recordCanary(database, secrets);
  await assertCanary(database, secrets);
}
