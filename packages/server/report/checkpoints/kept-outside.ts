import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openCheckpoint } from '@thimble/transparency';
import type { ServerContext } from '../../context.ts';
import { readIfPresent, writePrivateFile } from '../../tls/index.ts';
import { logKeyOf } from '../log/log-key.ts';
import { readCheckpoint } from './read-checkpoint.ts';

/** The evidence in the database is older than what this server has signed, or another one. */
class OlderEvidenceError extends Error {
  readonly code = 'evidence-older';
  constructor(message: string) {
    super(message);
    this.name = 'OlderEvidenceError';
  }
}

type Place = Pick<ServerContext, 'database' | 'logKey'> & { readonly dataDirectory: string };

/** Named after the organisation. */
const FILE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps the newest checkpoint beside the database, so that a database that went back is noticed here and not only by witnesses. */
export async function keepOutside(dataDirectory: string, organisationId: string, note: string): Promise<void> {
  const folder = folderOf(dataDirectory);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivateFile(join(folder, organisationId), note);
}

/**
 * Holds the database against the checkpoints that were kept beside it. A server that went on with an older one would sign a second
 * history, and would give out orders that endpoints refuse as stale.
 *
 * @throws OlderEvidenceError
 */
export async function assertNotOlder({ database, logKey, dataDirectory }: Place): Promise<void> {
  const names = await readdir(folderOf(dataDirectory)).catch(() => []);
  for (const organisationId of names.filter((name) => FILE.test(name))) {
    const log = await logKeyOf({ database, logKey }, organisationId);
    const outside = openCheckpoint((await readIfPresent(join(folderOf(dataDirectory), organisationId))) ?? '', log);
    // Of another installation, whose database was here before.
    if (outside === undefined) continue;
    const kept = await readCheckpoint(database.kysely, organisationId, outside.size);
    const inside = kept === undefined ? undefined : openCheckpoint(kept.note, log);
    if (inside?.root.equals(outside.root) === true) continue;
    throw new OlderEvidenceError(
      `the evidence of organisation ${organisationId} had ${outside.size} records that this server signed, and the database ${
        inside === undefined ? 'does not have them' : 'has others'
      }: it was restored from an older state, or changed. If you restored it, say so: thimble server accept-older-database. ` +
        'Else find out who did. The server does not start with it.',
    );
  }
}

/** After a restore on purpose: what was kept is put aside, for whoever wants to know what the evidence had been. */
export async function forgetOutside(dataDirectory: string, at: Date): Promise<void> {
  const folder = folderOf(dataDirectory);
  const aside = `${folder}-until-${at.toISOString().replaceAll(':', '')}`;
  await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

function folderOf(dataDirectory: string): string {
  return join(dataDirectory, 'checkpoints');
}
