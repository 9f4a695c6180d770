import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceCheckpoints } from '@thimble/protocol';
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

type Beside = NonNullable<EvidenceCheckpoints['beside']>;
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
    const beside = await compareOutside({ database, logKey, dataDirectory }, organisationId);
    if (beside === undefined || beside.database === 'has-it') continue;
    throw new OlderEvidenceError(
      `the evidence of organisation ${organisationId} had ${beside.size} records that this server signed, and the database ${
        beside.database === 'is-older' ? 'does not have them' : 'has others'
      }: it was restored from an older state, or changed. If you restored it, say so: thimble server accept-older-database. ` +
        'Else find out who did. The server does not start with it.',
    );
  }
}

/** The checkpoint that is kept beside the database against what is in it; undefined: none is kept of this log. */
export async function compareOutside(
  { database, logKey, dataDirectory }: Place,
  organisationId: string,
): Promise<Beside | undefined> {
  const log = await logKeyOf({ database, logKey }, organisationId);
  const outside = openCheckpoint((await readIfPresent(join(folderOf(dataDirectory), organisationId))) ?? '', log);
  // Of another installation, whose database was here before.
  if (outside === undefined) return undefined;
  const kept = await readCheckpoint(database.kysely, organisationId, outside.size);
  const inside = kept === undefined ? undefined : openCheckpoint(kept.note, log);
  if (inside === undefined) return { size: outside.size, database: 'is-older' };
  return { size: outside.size, database: inside.root.equals(outside.root) ? 'has-it' : 'is-another' };
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
