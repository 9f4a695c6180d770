import { open, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { ClientConfig } from 'pg';
import { LockError, lockInstance } from '../instance/index.ts';
import { createLogger } from '../logging/index.ts';
import { embeddedTarget } from '../postgres/index.ts';
import type { Settings } from '../settings/index.ts';
import { reachDatabase } from '../start-database.ts';
import { type Database, openDatabase } from '../storage/index.ts';
import { Undo } from '../undo.ts';
import { readKeyFiles } from './key-files.ts';
import { type BackupReport, makeBackup } from './make-backup.ts';
import { recordBackup } from './record-backup.ts';

export interface BackupServerOptions {
  readonly now: Date;
  /** A path, which is there only when all of it is, or a stream. */
  readonly target: string | Writable;
  readonly passphrase: string | undefined;
  readonly withoutKeys: boolean;
}

/** What was written, and why the evidence does not tell of it; null: it does. */
export interface RecordedBackup extends BackupReport {
  readonly notRecorded: string | null;
}

const CONNECTIONS = 2;

/** Backs up a server by its settings, whether it works at the time or not. @throws BackupError; what starting a server throws */
export async function backupServer(settings: Settings, options: BackupServerOptions): Promise<RecordedBackup> {
  const undo = new Undo();
  try {
    const database = await databaseOf(settings, undo);
    const { now, passphrase, target } = options;
    const keys = options.withoutKeys ? [] : await readKeyFiles(settings.data);
    const given = { database, now, keys, passphrase };
    const report =
      typeof target === 'string'
        ? await intoFile(target, (stream) => makeBackup({ ...given, target: stream }))
        : await makeBackup({ ...given, target });
    return {
      ...report,
      notRecorded: await faultOf(() => recordBackup(database, now, report, passphrase !== undefined)),
    };
  } finally {
    await undo.run();
  }
}

/** The backup is whole by then: whoever asked for it must not take it for failed. */
async function faultOf(act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function databaseOf(settings: Settings, undo: Undo): Promise<Database> {
  const opened = async (target: ClientConfig): Promise<Database> => {
    const database = await openDatabase(target, CONNECTIONS, () => undefined);
    undo.add(database.close);
    return database;
  };
  if (settings.databaseUrl !== undefined) return opened({ connectionString: settings.databaseUrl });
  try {
    const lock = await lockInstance(settings.data);
    undo.add(lock.release);
  } catch (error) {
    // A server that works: its database answers us too.
    if (error instanceof LockError && error.code === 'already-running') return opened(embeddedTarget(settings.data));
    throw error;
  }
  const log = createLogger({ level: 'silent', format: 'json', write: () => undefined });
  return (await reachDatabase(settings, log, undo)).database;
}

/** A kill leaves a draft, never a file that looks whole. */
async function intoFile<Result>(path: string, write: (stream: Writable) => Promise<Result>): Promise<Result> {
  const draft = `${path}.new`;
  // Where others may write, they may have put a link there, or a file that they can read.
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    const result = await write(file.createWriteStream({ flush: true }));
    await rename(draft, path);
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
