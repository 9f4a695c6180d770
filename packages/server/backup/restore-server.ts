import { lockInstance } from '../instance/index.ts';
import { createLogger } from '../logging/index.ts';
import { forgetOutside } from '../report/checkpoints/kept-outside.ts';
import type { Settings } from '../settings/index.ts';
import { reachDatabase } from '../start-database.ts';
import { Undo } from '../undo.ts';
import { type RestoreReport, restoreBackup } from './restore-backup.ts';

export interface RestoreServerOptions {
  readonly now: Date;
  readonly path: string;
  readonly passphrase: string | undefined;
  readonly replace: boolean;
}

/** Restores a server by its settings, while none works with its data. @throws BackupError; what starting a server throws */
export async function restoreServer(settings: Settings, options: RestoreServerOptions): Promise<RestoreReport> {
  const undo = new Undo();
  try {
    const lock = await lockInstance(settings.data);
    undo.add(lock.release);
    const log = createLogger({ level: 'silent', format: 'json', write: () => undefined });
    const { database } = await reachDatabase(settings, log, undo);
    // Its pool would be a server at work.
    await database.close();
    const report = await restoreBackup({ ...options, connection: database.connection, dataDirectory: settings.data });
    await forgetOutside(settings.data, options.now);
    return report;
  } finally {
    await undo.run();
  }
}
