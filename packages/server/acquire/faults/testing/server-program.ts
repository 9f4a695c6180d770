/**
 * The server as shipped, in a process of its own: `node server-program.ts --data FOLDER ...`. Loads everything, begins when a line
 * comes on its input, prints a line when it is ready, and ends when its input does.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { loadSettings, processSources } from '../../../settings/index.ts';
import { startServer } from '../../../serve.ts';
import { STAGES } from '../../../stages.ts';

if (import.meta.main) {
  const input = createInterface({ input: process.stdin });
  const ended = once(input, 'close');
  process.stdout.write('loaded\n');
  const isWanted = await Promise.race([once(input, 'line').then(() => true), ended.then(() => false)]);
  if (!isWanted) process.exit(0);
  const server = await startServer(loadSettings(processSources(process.argv.slice(2))), { stages: STAGES });
  process.stdout.write('ready\n');
  const error = await Promise.race([ended.then(() => null), server.failed]);
  if (error !== null) process.stderr.write(`${error.stack ?? String(error)}\n`);
  await server.stop();
  process.exit(error === null ? 0 : 1);
}
