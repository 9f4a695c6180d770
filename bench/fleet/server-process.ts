/**
 * The server under measurement, as shipped, in a process of its own: `node server-process.ts --data FOLDER ...`. Prints
 * one line of JSON when it is ready, and ends when its input does: so it can't outlive a benchmark that was killed.
 */
import { apiSocketPath, loadSettings, processSources, startServer, STAGES } from '@thimble/server';

export interface ServerReady {
  readonly port: number;
  readonly caFingerprint: string;
  readonly socketPath: string;
}

if (import.meta.main) {
  const settings = loadSettings(processSources(process.argv.slice(2)));
  const server = await startServer(settings, { stages: STAGES });
  const ready: ServerReady = {
    port: server.port,
    caFingerprint: server.caFingerprint,
    socketPath: apiSocketPath(settings.data),
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const asked = new Promise<null>((resolve) => process.stdin.resume().once('end', () => resolve(null)));
  const error = await Promise.race([asked, server.failed]);
  if (error !== null) process.stderr.write(`${error.stack ?? String(error)}\n`);
  await server.stop();
  process.exit(error === null ? 0 : 1);
}
