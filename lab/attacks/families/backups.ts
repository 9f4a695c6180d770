import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  assertNotOlder,
  makeBackup,
  openDatabase,
  readKeyFiles,
  restoreBackup,
  SYSTEM,
} from '@thimble/server/backup-testing';
import { appendSigned, createTestDatabase } from '@thimble/server/testing';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';
import type { Target } from '../target/target.ts';

/** Sealed chunks are 64 KiB of what was packed. */
const CHUNK_BYTES = 65_536 + 16;
const PASSPHRASE = 'correct horse battery staple';

interface Scene {
  readonly target: Target;
  /** A folder of the attack's own. */
  readonly folder: string;
}

/** Whoever can write where backups lie changes one, or puts another in its place; nothing of it reaches a database. */
function swapped(
  name: string,
  refusal: string,
  change: (backup: Buffer, scene: Scene) => Promise<Buffer> | Buffer,
  given: { readonly passphrase: string | undefined } = { passphrase: PASSPHRASE },
): Attack {
  return {
    name,
    refusal,
    record: 'verifier',
    attempt: (target) =>
      withFolder(target, async (scene) => {
        const path = join(scene.folder, 'backup');
        await writeFile(path, await change(await sealed(scene), scene));
        try {
          // Read to its end before a database is even asked: there is none here.
          const connection = { host: scene.folder, user: 'nobody', database: 'none' };
          const now = target.now();
          await restoreBackup({ connection, dataDirectory: scene.folder, path, ...given, replace: true, now });
          return { refusal: 'restored', isRecorded: false };
        } catch (error) {
          return coded(error);
        }
      }),
  };
}

/** Whoever has a genuine backup brings it back, after more was done. */
function restored(
  name: string,
  refusal: string,
  record: Attack['record'],
  look: (scene: Scene, older: Awaited<ReturnType<typeof openDatabase>>) => Promise<Attempt>,
): Attack {
  return {
    name,
    refusal,
    record,
    attempt: (target) =>
      withFolder(target, async (scene) => {
        await target.signIn();
        await appendSigned(target.server.context, 'before');
        const path = join(scene.folder, 'backup');
        await writeFile(path, await backUp(scene, undefined));
        await appendSigned(target.server.context, 'what is to be forgotten');
        const empty = await createTestDatabase();
        await empty.close();
        try {
          const { connection } = empty;
          const now = target.now();
          const given = { connection, dataDirectory: scene.folder, path, passphrase: undefined, replace: true, now };
          await restoreBackup(given);
          const older = await openDatabase(connection, 2, () => undefined, SYSTEM);
          try {
            return await look(scene, older);
          } finally {
            await older.close();
          }
        } finally {
          await empty.drop();
        }
      }),
  };
}

async function withFolder(target: Target, use: (scene: Scene) => Promise<Attempt>): Promise<Attempt> {
  const folder = await mkdtemp(join(tmpdir(), 'thimble-attacked-backup-'));
  try {
    return await use({ target, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const made = new WeakMap<Target, Promise<Buffer>>();

/** A backup of the target as its owner makes it. */
function sealed({ target, folder }: Scene): Promise<Buffer> {
  let backup = made.get(target);
  if (backup === undefined) {
    backup = (async () => {
      // So that it is more than one sealed chunk.
      const summaries = Array.from({ length: 400 }, () => randomBytes(500).toString('hex'));
      await appendSigned(target.server.context, ...summaries);
      return backUp({ target, folder }, PASSPHRASE);
    })();
    made.set(target, backup);
  }
  return backup;
}

async function backUp({ target: { server, now }, folder }: Scene, passphrase: string | undefined): Promise<Buffer> {
  const path = join(folder, 'made');
  const keys = passphrase === undefined ? [] : await readKeyFiles(server.context.settings.data);
  const { database } = server.context;
  await makeBackup({ database, now: now(), keys, passphrase, target: createWriteStream(path) });
  return readFile(path);
}

function coded(error: unknown): Attempt {
  if (!(error instanceof Error)) throw error;
  return { refusal: 'code' in error ? String(error.code) : error.message, isRecorded: error.message !== '' };
}

/** Behind the header. */
const bodyOf = (backup: Buffer): number => backup.indexOf('\n') + 1;

function flipped(backup: Buffer, at: number): Buffer {
  const changed = Buffer.from(backup);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

export const backups: AttackFamily = {
  name: 'backups',
  attacks: [
    swapped('another passphrase', 'passphrase', (backup) => backup, { passphrase: 'correct horse' }),
    swapped('no passphrase', 'passphrase', (backup) => backup, { passphrase: undefined }),
    swapped('a bit is flipped in the salt', 'passphrase', (backup) =>
      Buffer.from(
        backup.toString('latin1').replace(/"salt":"(.)/, (_, digit) => `"salt":"${digit === '0' ? '1' : '0'}`),
        'latin1',
      ),
    ),
    swapped('a bit is flipped in its beginning', 'passphrase', (backup) => flipped(backup, bodyOf(backup) + 100)),
    swapped('a bit is flipped in its end', 'damaged', (backup) => flipped(backup, backup.length - 1)),
    swapped('it is cut off', 'damaged', (backup) => backup.subarray(0, backup.length - 40)),
    swapped('only its first chunk is left', 'passphrase', (backup) => backup.subarray(0, bodyOf(backup) + CHUNK_BYTES)),
    swapped('it has a tail', 'damaged', (backup) => Buffer.concat([backup, Buffer.alloc(100)])),
    swapped('the header says that it is not sealed', 'passphrase', (backup) =>
      Buffer.from(backup.toString('latin1').replace(/"salt":"[0-9a-f]+"/, '"salt":null'), 'latin1'),
    ),
    swapped('one of the attacker’s own in clear is put in its place', 'passphrase', (_, scene) =>
      backUp(scene, undefined),
    ),
    swapped('one of the attacker’s own, sealed, is put in its place', 'passphrase', (_, scene) =>
      backUp(scene, 'another one'),
    ),
    swapped('something else is put in its place', 'not-a-backup', () => Buffer.from('#!/bin/sh\n')),
    restored(
      'an older database is brought back under the server',
      'evidence-older',
      'verifier',
      async (scene, older) => {
        const { context } = scene.target.server;
        try {
          await assertNotOlder({ ...context, database: older, dataDirectory: context.settings.data });
          return { refusal: 'believed', isRecorded: false };
        } catch (error) {
          return coded(error);
        }
      },
    ),
    restored('a backup brings an ended session back', 'signed in anew', 'evidence', async (_, { pool }) => {
      const { rowCount } = await pool.query('select from session');
      const { rows } = await pool.query<{ kind: string }>('select kind from evidence order by sequence desc limit 1');
      return {
        refusal: rowCount === 0 ? 'signed in anew' : 'still signed in',
        isRecorded: rows[0]?.kind === 'database-restored',
      };
    }),
    {
      name: 'a restore over a database that is in use',
      refusal: 'in-use',
      record: 'verifier',
      attempt: (target) =>
        withFolder(target, async (scene) => {
          const path = join(scene.folder, 'backup');
          await writeFile(path, await sealed(scene));
          const { connection } = target.server.context.database;
          const options = { connection, dataDirectory: scene.folder, path, passphrase: PASSPHRASE, now: target.now() };
          return restoreBackup({ ...options, replace: true }).then(
            () => ({ refusal: 'replaced', isRecorded: false }),
            coded,
          );
        }),
    },
  ],
};
