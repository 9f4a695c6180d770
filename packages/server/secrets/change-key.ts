import { randomBytes } from 'node:crypto';
import { DEFAULT_ORGANISATION_ID } from '../access/index.ts';
import { lockInstance } from '../instance/index.ts';
import { createLogger } from '../logging/index.ts';
import { appendEvidence } from '../report/index.ts';
import type { Settings } from '../settings/index.ts';
import { startDatabase } from '../start-database.ts';
import { asSystem } from '../storage/index.ts';
import { Undo } from '../undo.ts';
import { SecretsError } from './error.ts';
import { readSecretsKeys, secretsKeyPath, writeSecretsKeys } from './read-keys.ts';
import { resealAll } from './reseal.ts';
import { createSecrets } from './secrets.ts';
import { newSecretsKey, type SecretsKey } from './secrets-key.ts';

export interface KeyChange {
  readonly keyId: string;
  readonly resealed: number;
}

/**
 * Seals all secrets anew: under a new key where it is in a file, else under the first of those that are given. Killed at any moment,
 * the file still holds every key that something is sealed with; begun again, it ends.
 *
 * @throws SecretsError `secrets-key-single`; what starting a server throws
 */
export async function changeSecretsKey(settings: Settings, now: Date): Promise<KeyChange> {
  const undo = new Undo();
  try {
    const lock = await lockInstance(settings.data);
    undo.add(lock.release);
    const log = createLogger({ level: 'silent', format: 'json', write: () => undefined });
    return await asSystem(async () => {
      const { database } = await startDatabase(settings, log, undo);
      const keys = await nextKeys(settings);
      const secrets = createSecrets(keys, randomBytes);
      const resealed = await database.kysely.transaction().execute(async (within) => {
        const count = await resealAll(within, secrets);
        await appendEvidence(within, [
          {
            organisationId: DEFAULT_ORGANISATION_ID,
            at: now,
            kind: 'secrets-key-changed',
            actor: 'thimble server rotate-secrets-key',
            summary: `The key for secrets was changed; ${count} were sealed anew.`,
            detail: { keyId: secrets.keyId, resealed: count },
          },
        ]);
        return count;
      });
      if (isInFile(settings)) await writeSecretsKeys(secretsKeyPath(settings), keys.slice(0, 1));
      return { keyId: secrets.keyId, resealed };
    });
  } finally {
    await undo.run();
  }
}

async function nextKeys(settings: Settings): Promise<readonly [SecretsKey, ...SecretsKey[]]> {
  const present = (await readSecretsKeys(settings)) ?? [];
  if (isInFile(settings)) {
    const keys = [newSecretsKey(randomBytes), ...present] as const;
    await writeSecretsKeys(secretsKeyPath(settings), keys);
    return keys;
  }
  const [first, ...others] = present;
  if (first !== undefined && others.length > 0) return [first, ...others];
  throw new SecretsError(
    'secrets-key-single',
    'the key for secrets comes from the settings: put the new one before the present one there, and run this again; then take the old one away',
  );
}

function isInFile({ secretsKey, secretsKeyCommand }: Settings): boolean {
  return secretsKey === undefined && secretsKeyCommand === undefined;
}
