import { lockInstance } from '../instance/index.ts';
import { createLogger } from '../logging/index.ts';
import { forgetOutside } from '../report/checkpoints/kept-outside.ts';
import type { Settings } from '../settings/index.ts';
import { startDatabase } from '../start-database.ts';
import { asSystem } from '../storage/index.ts';
import { Undo } from '../undo.ts';
import { goOnFromOlder } from './go-on.ts';

/** Goes on with a database that was brought back by other means, such as a snapshot of its disk. */
export async function acceptOlderDatabase(settings: Settings, now: Date): Promise<void> {
  const undo = new Undo();
  try {
    const lock = await lockInstance(settings.data);
    undo.add(lock.release);
    const log = createLogger({ level: 'silent', format: 'json', write: () => undefined });
    await asSystem(async () => {
      const { database } = await startDatabase(settings, log, undo);
      await database.kysely.transaction().execute((within) =>
        goOnFromOlder(within, {
          at: now,
          actor: 'thimble server accept-older-database',
          summary: 'The database is an older one, and was accepted. What happened after it is not in this evidence.',
          detail: {},
        }),
      );
    });
    await forgetOutside(settings.data, now);
  } finally {
    await undo.run();
  }
}
